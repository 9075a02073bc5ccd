/**
 * The items of the fleet's lists in the store, each once: found again by their hash, and let go when nobody has them.
 * One that only a single installation ever had goes with it, at once; for those of several see `sweep.ts`.
 */
import { type Kysely, sql } from "kysely";
import { compiledOnce } from "../store/compiled-once.ts";
import { inParts, numbered } from "../store/in-parts.ts";
import type { Schema } from "../store/schema.ts";
import { hashLength, itemHash } from "./item-hash.ts";
import { longItem, shortItem } from "./item-text.ts";
import type { PackedItems } from "./stored-document.ts";

/** The section that items are of, and who has them. */
export interface Holder {
  readonly installation: number;
  readonly section: string;
}

/** The sweep that runs, or ran last: who takes an item up marks it with that. */
const sweepNumber = sql<number>`(select coalesce(max(sweep), 0) from server)`;

interface Found {
  readonly id: number;
  readonly hash: string;
  readonly owner: number | null;
  readonly seen: number;
  readonly sweep: number;
}

const findItems = inParts<string, { readonly [name: `hash${number}`]: string }, Found>(
  (places, database, given) =>
    database
      .selectFrom("items")
      .select(["id", "hash", "owner", "seen", sweepNumber.as("sweep")])
      .where(
        "hash",
        "in",
        places.map((at) => given(`hash${at}`)),
      ),
);

type Taken = { readonly installation: number; readonly [name: `id${number}`]: number };

const takeItems = inParts<number, Taken, { id: number; hash: string }>((places, database, given) =>
  database
    .updateTable("items")
    .set({ seen: sweepNumber, owner: sql`case when owner = ${given("installation")} then owner end` })
    .where(
      "id",
      "in",
      places.map((at) => given(`id${at}`)),
    )
    .returning(["id", "hash"]),
);

interface Item {
  readonly hash: string;
  readonly body: string;
}
/** A type, for an interface has no names beside its own. */
type Added = Pick<Holder, keyof Holder> & {
  readonly [name: `hash${number}` | `body${number}`]: string;
};

/** Another server may add the same at the same time: then it is nobody's own. */
const addItems = inParts<Item, Added, { id: number; hash: string }>((places, database, given) =>
  database
    .insertInto("items")
    .values(
      places.map((at) => ({
        section: given("section"),
        owner: given("installation"),
        hash: given(`hash${at}`),
        body: given(`body${at}`),
        seen: sweepNumber,
      })),
    )
    .onConflict((conflict) => conflict.column("hash").doUpdateSet({ owner: null, seen: sweepNumber }))
    .returning(["id", "hash"]),
);

/** The ids of these items, of which those that are new are added; never the same for two that differ. */
export async function idsOfItems(
  database: Kysely<Schema>,
  holder: Holder,
  lists: readonly PackedItems[],
): Promise<number[][]> {
  const hashed = lists.map(hashedItems);
  // In one order, so that two servers do not wait for each other.
  const all = new Map(hashed.flat().map(({ hash, body }) => [hash, body]));
  const hashes = [...all.keys()].toSorted();
  const found = await findItems(database, hashes, (part) => numbered("hash", part));
  const ids = new Map(await taken(database, holder.installation, found));
  const added = hashes
    .filter((hash) => !ids.has(hash))
    .map((hash) => ({ hash, body: shortItem(all.get(hash) ?? "") }));
  const rows = await addItems(database, added, (part) => ({
    ...numbered(
      "hash",
      part.map(({ hash }) => hash),
    ),
    ...numbered(
      "body",
      part.map(({ body }) => body),
    ),
    ...holder,
  }));
  for (const { id, hash } of rows) ids.set(hash, id);
  return hashed.map((items) => items.map(({ hash }) => idIn(ids, hash)));
}

const hashedItems = ({ items, hashes }: PackedItems): Item[] =>
  items.split("\n").map((body, at) => {
    const hash = hashes.slice(at * hashLength, (at + 1) * hashLength);
    return { hash, body };
  });

/** What was found, as this installation's too; what a sweep has taken away meanwhile is not among them. */
async function taken(
  database: Kysely<Schema>,
  installation: number,
  found: readonly Found[],
): Promise<[hash: string, id: number][]> {
  const isTaken = ({ owner, seen, sweep }: Found) =>
    seen >= sweep && (owner === null || owner === installation);
  const [known, others] = [found.filter(isTaken), found.filter((item) => !isTaken(item))];
  const rows = await takeItems(
    database,
    others.map(({ id }) => id).toSorted((a, b) => a - b),
    (part) => ({ ...numbered("id", part), installation }),
  );
  return [...known, ...rows].map(({ hash, id }) => [hash, id]);
}

function idIn(ids: ReadonlyMap<string, number>, hash: string): number {
  const id = ids.get(hash);
  if (id === undefined) throw new Error(`item ${hash} was not stored`);
  return id;
}

const readItems = inParts<number, { readonly [name: `id${number}`]: number }, { id: number; body: string }>(
  (places, database, given) =>
    database
      .selectFrom("items")
      .select(["id", "body"])
      .where(
        "id",
        "in",
        places.map((at) => given(`id${at}`)),
      ),
);

/** The items with these ids that there are. */
export async function itemsWithIds(
  database: Kysely<Schema>,
  ids: Iterable<number>,
): Promise<ReadonlyMap<number, string>> {
  const rows = await readItems(database, [...new Set(ids)], (part) => numbered("id", part));
  return new Map(rows.map(({ id, body }) => [id, longItem(body)]));
}

const readWithHashes = inParts<
  number,
  { readonly [name: `id${number}`]: number },
  { id: number; section: string; hash: string; body: string }
>((places, database, given) =>
  database
    .selectFrom("items")
    .select(["id", "section", "hash", "body"])
    .where(
      "id",
      "in",
      places.map((at) => given(`id${at}`)),
    ),
);

/** Of the items with these ids those that are there and are what was stored; an id is never another's. */
export async function soundItems(
  database: Kysely<Schema>,
  ids: Iterable<number>,
): Promise<ReadonlyMap<number, string>> {
  const rows = await readWithHashes(database, [...new Set(ids)], (part) => numbered("id", part));
  const read = rows.map(({ body, ...row }) => ({ ...row, body: longItem(body) }));
  const sound = read.filter(({ section, hash, body }) => itemHash(section, body) === hash);
  return new Map(sound.map(({ id, body }) => [id, body]));
}

const ownItems = compiledOnce<Pick<Holder, keyof Holder>, { id: number }>((database, given) =>
  database
    .selectFrom("items")
    .select("id")
    .where("owner", "=", given("installation"))
    .where("section", "=", given("section")),
);

/** Removes what only this installation ever had of a section, and has no more. */
export async function dropOwnItems(
  database: Kysely<Schema>,
  { installation, section }: Holder,
  kept: readonly number[],
): Promise<void> {
  const own = await ownItems(database, { installation, section });
  const still = new Set(kept);
  const dropped = own.map(({ id }) => id).filter((id) => !still.has(id));
  await removeItems(database, dropped, (part) => numbered("id", part));
}

export const removeItems = inParts<number, { readonly [name: `id${number}`]: number }, unknown>(
  (places, database, given) =>
    database.deleteFrom("items").where(
      "id",
      "in",
      places.map((at) => given(`id${at}`)),
    ),
);
