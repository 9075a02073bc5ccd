/**
 * A document taken apart into what the whole fleet shares, the items of its lists, and the rest, which is the
 * device's own; and put together again to the byte, for which no definition is needed: that may have changed since.
 */
import { itemKey, parseJson, type SectionDefinition } from "@rollcall/protocol";
import { z } from "zod";
import { columnsOf, membersIn, type OwnColumns, ownColumnsSchema } from "./own-columns.ts";
import { type SharedList, sharedLists } from "./shared-lists.ts";

export interface SplitDocument {
  /** JSON: the document without its shared lists, and of each of these what it takes to put it back. */
  readonly rest: Uint8Array;
  /** The items of each shared list, canonical JSON, a line each; in the order of the document, no two the same. */
  readonly lists: readonly string[];
}

/** Name, natural key, what the items have of the device's own. */
const listSchema = z.tuple([z.string(), z.array(z.string()).min(1), ownColumnsSchema]);
const restSchema = z.tuple([z.record(z.string(), z.unknown()), z.array(listSchema)]);
/** The same for who needs no more than the names. */
const namedSchema = z.tuple([
  z.record(z.string(), z.unknown()),
  z.array(z.tuple([z.string()]).rest(z.unknown())),
]);

interface TakenApart {
  readonly list: SharedList;
  /** Of each item what the fleet shares, a line each; its members keep the order that they have in the document. */
  readonly items: string;
  readonly own: OwnColumns;
}

/**
 * Takes a document apart. Null where it has nothing to share, such as a list that is not in its normal order.
 *
 * @param document as it was parsed from its canonical form
 */
export function splitItems(definition: SectionDefinition, document: unknown): SplitDocument | null {
  const shared = sharedLists(definition);
  if (shared.length === 0 || !isObject(document)) return null;
  const taken = shared.map((list) => takenApart(list, Reflect.get(document, list.name)));
  const lists = taken.filter((each) => each !== null);
  if (lists.length === 0) return null;
  const names = new Set(lists.map(({ list }) => list.name));
  const others = Object.fromEntries(Object.entries(document).filter(([name]) => !names.has(name)));
  const kept = lists.map(({ list, own }) => [list.name, list.key, own]);
  return { rest: Buffer.from(JSON.stringify([others, kept])), lists: lists.map(({ items }) => items) };
}

/** A list taken apart; null where it would not be the same again: for what is no list in its normal order. */
function takenApart(list: SharedList, value: unknown): TakenApart | null {
  const items = itemsIn(value, list);
  if (!items) return null;
  const own: [string, unknown][][] = [];
  const lines = items.map((item) => {
    const shared: Record<string, unknown> = {};
    const members: [string, unknown][] = [];
    for (const name of Object.keys(item)) {
      const member: unknown = Reflect.get(item, name);
      if (list.fields.has(name)) shared[name] = member;
      else members.push([name, member]);
    }
    own.push(members);
    return JSON.stringify(members.length > 0 ? shared : item);
  });
  const columns = columnsOf(own);
  return isMadeOf(columns, own) ? { list, items: lines.join("\n"), own: columns } : null;
}

/** Whether columns give back the very members that they were made of. */
function isMadeOf(columns: OwnColumns, own: readonly (readonly (readonly [string, unknown])[])[]): boolean {
  const again = membersIn(columns, own.length).map((members) => new Map(members));
  return own.every(
    (members, at) =>
      members.length === again[at]?.size && members.every(([name, value]) => again[at]?.get(name) === value),
  );
}

/** The items of a list that is in its normal order, in which it can be put again; null for any other value. */
function itemsIn(value: unknown, { key }: SharedList): readonly object[] | null {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return null;
  const keys = value.map((item) => itemKey(key, item));
  return keys.every((each, at) => at === 0 || (keys[at - 1] ?? "") < each) ? value : null;
}

/**
 * The document, whatever order the items of a list come in. Throws where the parts do not belong together; that they
 * are the very parts it was taken apart into, its digest tells.
 */
export const joinItems = (split: SplitDocument): Uint8Array =>
  Buffer.from(JSON.stringify(joinedDocument(split)));

/** The same as a value, whose members have the order of canonical JSON. Throws likewise. */
export function joinedDocument({ rest, lists }: SplitDocument): object {
  const [others, kept] = restSchema.parse(parseJson(rest));
  if (kept.length !== lists.length) throw new Error(`there are ${lists.length} lists for ${kept.length}`);
  const joined = kept.map(
    ([name, key, own], at) => [name, joinedItems(inOrder(parsedItems(lists[at] ?? ""), key), own)] as const,
  );
  return sortedMembers([...Object.entries(others), ...joined]);
}

/** What a document has beside its shared lists, and the names of these, in the order in which they are kept. */
export function withoutItems(rest: Uint8Array): { readonly own: object; readonly lists: readonly string[] } {
  const [own, kept] = namedSchema.parse(parseJson(rest));
  return { own, lists: kept.map(([name]) => name) };
}

const inOrder = (items: readonly object[], key: readonly string[]): object[] =>
  items
    .map((item) => ({ key: itemKey(key, item), item }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item);

/** Items with what is the device's own; in the order that they had when they were taken apart. */
function joinedItems(items: readonly object[], own: OwnColumns): readonly object[] {
  if (own.length === 0) return items;
  const members = membersIn(own, items.length);
  return items.map((item, at) => withMembers(item, members[at] ?? []));
}

/** All at once, which takes half the time of one by one; no text of JSON holds a line's end. */
function parsedItems(items: string): object[] {
  const parsed: unknown = JSON.parse(`[${items.replaceAll("\n", ",")}]`);
  if (!Array.isArray(parsed) || !parsed.every(isObject)) throw new Error("an item is no object");
  return parsed;
}

/** What stands in order already, and a few members more at their places. */
function withMembers(item: object, more: readonly (readonly [string, unknown])[]): object {
  if (more.length === 0) return item;
  const waiting = more.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const result: [string, unknown][] = [];
  let next = 0;
  for (const entry of Object.entries(item)) {
    for (let one = waiting[next]; one && one[0] < entry[0]; one = waiting[++next])
      result.push([one[0], one[1]]);
    result.push(entry);
  }
  for (const [name, value] of waiting.slice(next)) result.push([name, value]);
  return Object.fromEntries(result);
}

/** In the order of canonical JSON. */
const sortedMembers = (members: (readonly [string, unknown])[]): object =>
  Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
