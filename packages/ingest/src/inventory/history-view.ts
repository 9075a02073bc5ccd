/** What changed in a section, and what it was, as a caller may read it. */
import {
  type Difference,
  differenceOf,
  hasMaskedField,
  maskFor,
  parseJson,
  type SectionDefinition,
  sectionNamed,
} from "@rollcall/protocol";
import type { SectionAsItWas, SectionChange } from "../records/section-versions.ts";
import { isoTime } from "../store/columns.ts";
import type { Scope } from "../store/scope.ts";

/** What a change tells of each kind at most; `more` counts the rest. */
const mostTold = 200;

const nothing: Difference = { added: [], removed: [], changed: [] };

/** `first`: nothing older is kept; `gone`: it has no document any more. What cannot be read any more tells no difference. */
export function changeView({ name, since, digest, is, was }: SectionChange, scope: Scope) {
  const definition = sectionNamed(name);
  const isDamaged = is === undefined || was === undefined;
  const { difference, masked } =
    definition && was && is !== undefined ? differing(definition, was, is, scope) : unknownChange;
  const { added, removed, changed } = difference;
  const more = [added, removed, changed].reduce((sum, list) => sum + Math.max(0, list.length - mostTold), 0);
  return {
    section: name,
    at: isoTime(since),
    kind: was === null ? ("first" as const) : is === null ? ("gone" as const) : ("changed" as const),
    ...(isDamaged ? { fault: "damaged" as const } : {}),
    digest: mayCompare(definition, scope) ? digest : null,
    added: added.slice(0, mostTold),
    removed: removed.slice(0, mostTold),
    changed: changed.slice(0, mostTold),
    more,
    ...(masked.length > 0 ? { masked } : {}),
  };
}

const unknownChange: Differing = { difference: nothing, masked: [] };

interface Differing {
  readonly difference: Difference;
  readonly masked: readonly string[];
}

const reachOf = ({ sensitive }: Scope) => (sensitive ? "sensitive" : "plain");

/** A digest is a value, too: whoever may not read all that it is made of could try what gives it. */
const mayCompare = (definition: SectionDefinition | undefined, scope: Scope): boolean =>
  definition ? !hasMaskedField(reachOf(scope), definition) : scope.sensitive;

/** Compares what the caller may read of both. */
function differing(
  definition: SectionDefinition,
  was: Uint8Array,
  is: Uint8Array | null,
  scope: Scope,
): Differing {
  const [before, after] = [was, is].map((document) =>
    maskFor(reachOf(scope), definition, document ? parseJson(document) : {}),
  );
  const masked = [...new Set([...(before?.masked ?? []), ...(after?.masked ?? [])])];
  const unnamed = unnamedLists(definition, masked);
  const readable = (document: unknown) => without(document, unnamed);
  const difference = differenceOf(definition, readable(before?.document), readable(after?.document));
  return { difference, masked };
}

/** Lists whose items the caller cannot tell from each other. */
const unnamedLists = ({ flat }: SectionDefinition, masked: readonly string[]) =>
  flat.flatMap(({ path, names, field }) =>
    field.kind === "list" && field.key.some((key) => masked.includes(`${path}[].${key}`)) ? [names] : [],
  );

/** A document without what stands at these places. */
function without(document: unknown, places: readonly (readonly string[])[]): object {
  if (typeof document !== "object" || document === null) return {};
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, value]): [string, unknown][] => {
      const inside = places.flatMap(([first, ...rest]) => (first === name ? [rest] : []));
      if (inside.some((rest) => rest.length === 0)) return [];
      return [[name, inside.length === 0 ? value : without(value, inside)]];
    }),
  );
}

/** A section as it was, masked as the one that is there now would be. */
export function sectionAtView(
  { name, status, digest, since, until, document }: SectionAsItWas,
  scope: Scope,
) {
  const definition = sectionNamed(name);
  const parsed = document ? parseJson(document) : undefined;
  const facts = {
    digest: mayCompare(definition, scope) ? digest : null,
    status,
    since: isoTime(since),
    until: until === null ? null : isoTime(until),
    ...(document === undefined ? { fault: "damaged" as const } : {}),
  };
  if (!definition && !scope.sensitive) return { view: facts, masked: [`sections.${name}`] };
  if (parsed === undefined) return { view: facts, masked: [] };
  if (!definition) return { view: { ...facts, document: parsed }, masked: [] };
  const { document: shown, masked } = maskFor(reachOf(scope), definition, parsed);
  return { view: { ...facts, document: shown }, masked: masked.map((path) => `sections.${name}.${path}`) };
}
