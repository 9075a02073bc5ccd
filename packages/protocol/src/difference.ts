/** What changed between two documents of one section: its fields by name, the items of its lists by natural key. */
import type { Shape } from "./fields.ts";
import { canonical } from "./json.ts";
import type { SectionDefinition } from "./section.ts";

/** Names from the document's root down; behind a list's name the values of an item's natural key. */
export type Place = readonly string[];

export interface Difference {
  readonly added: readonly { readonly place: Place; readonly value: unknown }[];
  readonly removed: readonly { readonly place: Place; readonly value: unknown }[];
  readonly changed: readonly { readonly place: Place; readonly was: unknown; readonly is: unknown }[];
}

/** Both documents are such as the definition accepts. An item that is there before and after is compared by its fields. */
export function differenceOf(definition: SectionDefinition, was: object, is: object): Difference {
  const difference = { added: [], removed: [], changed: [] };
  compare(definition.fields, was, is, { place: [], difference });
  return difference;
}

interface Comparing {
  readonly place: Place;
  readonly difference: { readonly [K in keyof Difference]: Difference[K][number][] };
}

function compare(shape: Shape, was: object, is: object, comparing: Comparing): void {
  for (const [name, field] of Object.entries(shape)) {
    const [before, after]: unknown[] = [Reflect.get(was, name), Reflect.get(is, name)];
    const inside = within(comparing, name);
    if (field.kind === "group" && isObject(before) && isObject(after))
      compare(field.shape, before, after, inside);
    else if (field.kind === "list") compareItems(field, itemsOf(before), itemsOf(after), inside);
    else note(before, after, inside);
  }
}

const within = ({ place, difference }: Comparing, ...names: readonly string[]): Comparing => ({
  place: [...place, ...names],
  difference,
});

/** undefined: not there. */
function note(was: unknown, is: unknown, { place, difference }: Comparing): void {
  if (was === undefined && is === undefined) return;
  if (was === undefined) difference.added.push({ place, value: is });
  else if (is === undefined) difference.removed.push({ place, value: was });
  else if (canonical(was) !== canonical(is)) difference.changed.push({ place, was, is });
}

interface ListShape {
  readonly key: readonly string[];
  readonly shape: Shape;
}

function compareItems(
  { key, shape }: ListShape,
  was: readonly object[],
  is: readonly object[],
  comparing: Comparing,
): void {
  const keyOf = (item: object) => key.map((name) => String(Reflect.get(item, name)));
  const [before, after] = [was, is].map(
    (items) => new Map(items.map((item) => [canonical(keyOf(item)), item] as const)),
  );
  for (const item of [...was, ...is.filter((each) => !before?.has(canonical(keyOf(each))))]) {
    const itemKey = canonical(keyOf(item));
    const [former, present] = [before?.get(itemKey), after?.get(itemKey)];
    const inside = within(comparing, ...keyOf(item));
    if (former && present) compare(shape, former, present, inside);
    else note(former, present, inside);
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const itemsOf = (value: unknown): readonly object[] => (Array.isArray(value) ? value.filter(isObject) : []);
