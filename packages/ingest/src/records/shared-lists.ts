/** Which lists of a section are kept as items, stored once for the fleet, and which of their fields are the item's. */
import type { Category, SectionDefinition } from "@rollcall/protocol";

type Facts = SectionDefinition["flat"][number]["field"]["facts"];

export interface SharedList {
  readonly name: string;
  readonly key: readonly string[];
  /** What stands in the item; every other member stays in the record. */
  readonly fields: ReadonlySet<string>;
}

/** What many machines have alike, and what tells nothing of a person. */
const shareable: ReadonlySet<Category> = new Set(["hardware", "software", "system"]);

const isSensitive = ({ sensitivity, comparedOnly }: Facts) =>
  sensitivity === "sensitive" || comparedOnly === true;
const staysInRecord = (facts: Facts) =>
  isSensitive(facts) || facts.own === true || facts.locates !== undefined;

const known = new WeakMap<SectionDefinition, readonly SharedList[]>();

/**
 * The lists of the section's top level that are shared: none with a sensitive field, and none whose items are
 * told apart by something of the device's own, for what is left of them would be no item; none of a category that is
 * about a person, or moves all the time.
 */
export function sharedLists(definition: SectionDefinition): readonly SharedList[] {
  const names = shareable.has(definition.category) ? Object.keys(definition.fields) : [];
  const lists = known.get(definition) ?? names.flatMap((name) => shared(definition, name));
  known.set(definition, lists);
  return lists;
}

function shared({ fields, flat }: SectionDefinition, name: string): SharedList[] {
  const list = fields[name];
  if (list?.kind !== "list" || staysInRecord(list.facts)) return [];
  const inside = flat.filter(({ names }) => names[0] === name && names.length > 1);
  if (inside.some(({ field }) => isSensitive(field.facts))) return [];
  const own = new Set(inside.filter(({ field }) => staysInRecord(field.facts)).map(({ names }) => names[1]));
  const key: readonly string[] = list.key;
  if (key.some((part) => own.has(part))) return [];
  // A group that holds anything of the device's own stays in the record whole.
  return [{ name, key, fields: new Set(Object.keys(list.shape).filter((each) => !own.has(each))) }];
}

/** Whether whoever knows the items of its shared lists knows what these are found by: nothing of the device's own is. */
export const isFoundByItems = (definition: SectionDefinition): boolean =>
  sharedLists(definition).every(({ name, fields }) =>
    definition.flat.every(
      ({ names: [list, member = ""], field }) => list !== name || !field.facts.search || fields.has(member),
    ),
  );
