/** When titles were first and last seen in the fleet: noted where an inventory brings or loses one. */
import type { Kysely } from "kysely";
import { inParts, numbered } from "../store/in-parts.ts";
import type { Schema } from "../store/schema.ts";
import type { Carrying } from "./carry-versions.ts";

/** What a changed section brought, and what it had that is not there any more: titles by their numbers. */
export interface ChangedTitles {
  readonly installation: number;
  readonly section: string;
  readonly brought: Float64Array;
  readonly lost: Float64Array;
  readonly at: number;
}

/** That a title was seen again is noted once in so long: a fleet that is upgraded does not write it for each device. */
const noted = 3_600_000;

export async function noteTitles(database: Kysely<Schema>, changed: ChangedTitles): Promise<void> {
  const { installation, section, brought, lost, at } = changed;
  const looked = unsettled(database, [...brought, ...lost], at);
  if (looked.length === 0) return;
  const rows = await seenTitles(database, looked, (part) => numbered("hash", part));
  for (const row of rows) settle(database, row, at);
  const known = new Set(rows.map(({ hash }) => hash));
  const [here, wanted] = [new Set(brought), new Set(looked)];
  await addTitles(
    database,
    [...brought].filter((hash) => wanted.has(hash) && !known.has(hash)),
    (part) => ({ ...numbered("hash", part), section, installation, at }),
  );
  const shared = rows.filter(({ hash, owner }) => owner !== null && owner !== installation && here.has(hash));
  await shareTitles(database, hashesOf(shared), (part) => numbered("hash", part));
  const again = rows.filter(({ last_seen_at }) => last_seen_at <= at - noted);
  await seeTitles(database, hashesOf(again), (part) => ({ ...numbered("hash", part), at }));
}

interface SeenTitle {
  readonly hash: number;
  readonly owner: number | null;
  readonly last_seen_at: number;
}

const hashesOf = (rows: readonly SeenTitle[]): number[] => rows.map(({ hash }) => hash);

type Hashes = { readonly [name: `hash${number}`]: number };

const seenTitles = inParts<number, Hashes, SeenTitle>((places, database, given) =>
  database
    .selectFrom("titles")
    .select(["hash", "owner", "last_seen_at"])
    .where(
      "hash",
      "in",
      places.map((at) => given(`hash${at}`)),
    ),
);

type Added = Hashes & { readonly section: string; readonly installation: number; readonly at: number };

const addTitles = inParts<number, Added, unknown>((places, database, given) =>
  database
    .insertInto("titles")
    .values(
      places.map((at) => ({
        hash: given(`hash${at}`),
        section: given("section"),
        owner: given("installation"),
        first_seen_at: given("at"),
        last_seen_at: given("at"),
        held_at: given("at"),
      })),
    )
    // Another server was first.
    .onConflict((conflict) => conflict.column("hash").doUpdateSet({ owner: null })),
);

const shareTitles = inParts<number, Hashes, unknown>((places, database, given) =>
  database
    .updateTable("titles")
    .set({ owner: null })
    .where(
      "hash",
      "in",
      places.map((at) => given(`hash${at}`)),
    ),
);

const seeTitles = inParts<number, Hashes & { readonly at: number }, unknown>((places, database, given) =>
  database
    .updateTable("titles")
    .set({ last_seen_at: given("at"), held_at: given("at") })
    .where(
      "hash",
      "in",
      places.map((at) => given(`hash${at}`)),
    ),
);

/**
 * Titles that need no look for a while, by the engine: several devices have had them, so that no device takes them with
 * it, and they were seen a moment ago, but not so short ago that it might be undone.
 */
const settled = new WeakMap<object, Map<number, number>>();
const mostSettled = 100_000;
const moment = 1_000;

function settle(database: Kysely<Schema>, { hash, owner, last_seen_at }: SeenTitle, at: number): void {
  if (owner !== null || last_seen_at > at - moment || last_seen_at <= at - noted) return;
  const { adapter } = database.getExecutor();
  const known = settled.get(adapter) ?? new Map<number, number>();
  if (known.size >= mostSettled) known.clear();
  known.set(hash, last_seen_at);
  settled.set(adapter, known);
}

function unsettled(database: Kysely<Schema>, hashes: readonly number[], at: number): readonly number[] {
  const known = settled.get(database.getExecutor().adapter);
  return known ? hashes.filter((hash) => (known.get(hash) ?? 0) <= at - noted) : hashes;
}

/** What only the one installation had, only the other one that goes on for it has now. */
export async function carryTitles(transaction: Kysely<Schema>, { from, to }: Carrying): Promise<void> {
  await transaction.updateTable("titles").set({ owner: to }).where("owner", "=", from).execute();
}
