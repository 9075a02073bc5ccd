/**
 * `defineSection`: the one place that says what a section is. Validation, digest, consent, delta, storage,
 * search, masking, catalogue and pages all follow from what is declared here.
 */
import { z } from "zod";
import { type Category, categoryDefinition, type Purpose } from "./categories.ts";
import { type Field, flag, itemKey, type Shape, type ShapeValue, shapeSchema } from "./fields.ts";

export const platforms = ["linux", "darwin", "win32"] as const;
export type Platform = (typeof platforms)[number];

/** Section names are file names too: `software.deb` stands in `sections/software.deb.ts`. */
export const sectionNamePattern = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$/;

interface SectionDeclaration<S extends Shape, N extends string> {
  readonly name: N;
  readonly title: string;
  /** Version of the document's shape. Fields are only ever added, as optional ones, each time with the next number. */
  readonly schema: number;
  readonly category: Category;
  readonly purposes: readonly [Purpose, ...Purpose[]];
  /** Days that history is kept, when it differs from the category's. */
  readonly retentionDays?: number;
  /** Where the agent learns it, per platform: files, commands or interfaces. A platform without a line has none. */
  readonly sources: Partial<Readonly<Record<Platform, readonly string[]>>>;
  readonly fields: S;
}

/** One field with its place in the document, e.g. `modules[].slot`. */
export interface FieldAt {
  readonly path: string;
  /** Names from the document's root down; a `[]` behind a name is implied by `lists`. */
  readonly names: readonly string[];
  readonly field: Field;
}

export interface SectionDefinition<S extends Shape = Shape, N extends string = string>
  extends Omit<SectionDeclaration<S, N>, "retentionDays"> {
  readonly retentionDays: number;
  /** Checks a whole document; unknown members are refused. */
  readonly document: z.ZodType<ShapeValue<S>>;
  /** Checks what a check-in reports as this section's readings. */
  readonly readings: z.ZodType<Readings>;
  /** Every field, depth first, in the order of declaration. */
  readonly flat: readonly FieldAt[];
  /** Whether all that it holds tells where the device is: below the location choice `precise` nothing is left of it. */
  readonly onlyLocates: boolean;
}

/** Readings of one section: `{FIELD: number}`, and for a list `{KEY: {FIELD: number}}` by the item's natural key. */
export type Readings = Record<string, number | Record<string, number>>;

/** The document type of a definition. */
export type DocumentOf<D> = D extends SectionDefinition<infer S, string> ? ShapeValue<S> : never;

const truncatedFlag = flag({ is: "A list was longer than its bound and was cut.", sensitivity: "plain" });

type Truncatable<S extends Shape> = S & { readonly truncated: typeof truncatedFlag };

/**
 * Declares a section. Throws at import when the declaration contradicts itself, so that a wrong one never runs.
 *
 *     export const definition = defineSection({
 *       name: "memory", title: "Memory", schema: 1, category: "hardware", purposes: ["inventory"],
 *       sources: { linux: ["/proc/meminfo"] },
 *       fields: { total: quantity({ is: "Memory in all.", unit: "bytes", max: 2 ** 50, sensitivity: "plain" }) },
 *     });
 */
export function defineSection<const S extends Shape, const N extends string>(
  declaration: SectionDeclaration<S, N>,
): SectionDefinition<Truncatable<S>, N> {
  if (Object.hasOwn(declaration.fields, "truncated"))
    throw new Error(`section ${declaration.name}, field truncated: every section has it already`);
  const fields: Truncatable<S> = { ...declaration.fields, truncated: truncatedFlag };
  const flat = flatten(fields);
  refuseContradictions(declaration.name, flat);
  const made: { document?: z.ZodType<ShapeValue<Truncatable<S>>>; readings?: z.ZodType<Readings> } = {};
  return {
    ...declaration,
    fields,
    retentionDays: declaration.retentionDays ?? categoryDefinition(declaration.category).retentionDays,
    // Made when they are first asked for, like those of the fields.
    get document() {
      made.document ??= shapeSchema(fields);
      return made.document;
    },
    get readings() {
      made.readings ??= readingsSchema(fields);
      return made.readings;
    },
    flat,
    onlyLocates: Object.values(declaration.fields).every(({ facts }) => facts.locates === "always"),
  };
}

function flatten(shape: Shape, prefix = "", above: readonly string[] = []): FieldAt[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const path = prefix + name;
    const names = [...above, name];
    const here: FieldAt = { path, names, field };
    if (field.kind === "group") return [here, ...flatten(field.shape, `${path}.`, names)];
    if (field.kind === "list") return [here, ...flatten(field.shape, `${path}[].`, names)];
    return [here];
  });
}

/** Where check-ins can name a reading: `uptimeSeconds`, `filesystems[].free`. */
const readingPath = /^\w+(\[\]\.\w+)?$/;

function refuseContradictions(name: string, flat: readonly FieldAt[]): void {
  if (!sectionNamePattern.test(name)) throw new Error(`section ${name}: not a section name`);
  for (const { path, field } of flat) {
    const at = `section ${name}, field ${path}`;
    if (field.facts.is.trim() === "") throw new Error(`${at}: says nothing about itself`);
    if (field.kind === "list") refuseWrongKey(at, field.key, field.shape);
    if (field.kind === "list" && path.includes("[]"))
      throw new Error(`${at}: a list within a list has no natural key`);
    if (field.kind === "reading" && !readingPath.test(path))
      throw new Error(`${at}: a reading stands at the top or in a list there`);
    if (field.required && field.facts.locates)
      throw new Error(`${at}: what locates the device has to be optional`);
    if (field.facts.search?.as === "number" && field.kind !== "quantity")
      throw new Error(`${at}: only quantities are searched as numbers`);
  }
}

function refuseWrongKey(at: string, key: readonly string[], shape: Shape): void {
  if (key.length === 0) throw new Error(`${at}: a list needs a natural key`);
  for (const part of key)
    if (!shape[part]?.required) throw new Error(`${at}: key field ${part} is not required`);
}

/**
 * The schema of what a check-in may report: `{FIELD: number}`, and for the items of a list
 * `{KEY: {FIELD: number}}` by natural key. Only declared readings pass; there are no more keys than the
 * lists may have items.
 */
function readingsSchema(fields: Shape): z.ZodType<Readings> {
  const own: Record<string, z.ZodType> = {};
  const ofItems: Record<string, z.ZodType> = {};
  let most = 0;
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === "reading") own[name] = field.schema.optional();
    if (field.kind !== "list") continue;
    const shape: Shape = field.shape;
    for (const [inner, inside] of Object.entries(shape)) {
      if (inside.kind !== "reading") continue;
      ofItems[inner] = inside.schema.optional();
      most += field.max;
    }
  }
  const top = z.strictObject(own);
  if (most === 0) return top as unknown as z.ZodType<Readings>;
  const withItems = top
    .catchall(z.strictObject(ofItems))
    .refine((value) => Object.keys(value).length <= most + Object.keys(own).length, {
      error: "more items than the list may have",
    });
  return withItems as unknown as z.ZodType<Readings>;
}

/** Natural keys of the items that readings can be told of, in a document that its definition has accepted. */
export function itemsWithReadings({ fields }: SectionDefinition, document: unknown): string[] {
  if (typeof document !== "object" || document === null) return [];
  return Object.entries(fields).flatMap(([name, field]) => {
    if (field.kind !== "list") return [];
    const shape: Shape = field.shape;
    const items: unknown = Reflect.get(document, name);
    const hasReadings = Object.values(shape).some(({ kind }) => kind === "reading");
    return hasReadings && Array.isArray(items) ? items.map((item: object) => itemKey(field.key, item)) : [];
  });
}

/**
 * The document in its one form: lists sorted by natural key, of several items with one key the last, sets of
 * texts sorted, either cut with `truncated: true` when over its bound, members without a value left out. The
 * same machine state therefore always has the same digest.
 */
export function normalise<S extends Shape>(
  definition: SectionDefinition<S>,
  document: ShapeValue<S>,
): ShapeValue<S> {
  const seen = { cut: false };
  const normal = normalObject(definition.fields, document, seen);
  // Only order and number of items and texts changed, and the flag that every definition has.
  return (seen.cut ? { ...normal, truncated: true } : normal) as ShapeValue<S>;
}

/** Whether anything was over its bound so far. */
interface Seen {
  cut: boolean;
}

function normalObject(shape: Shape, value: object, seen: Seen): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) result[name] = normalMember(shape[name], member, seen);
  }
  return result;
}

function normalMember(field: Field | undefined, member: unknown, seen: Seen): unknown {
  if (field?.kind === "group" && typeof member === "object" && member !== null)
    return normalObject(field.shape, member, seen);
  if (field?.kind === "texts" && Array.isArray(member)) return cut([...new Set(member)].sort(), field, seen);
  if (field?.kind !== "list" || !Array.isArray(member)) return member;
  const items = new Map<string, object>(
    member.map((item: object) => [itemKey(field.key, item), normalObject(field.shape, item, seen)]),
  );
  const sorted = [...items].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
  return cut(sorted, field, seen);
}

function cut<T>(sorted: readonly T[], { max }: { readonly max: number }, seen: Seen): readonly T[] {
  seen.cut ||= sorted.length > max;
  return sorted.slice(0, max);
}
