/**
 * Items that something let go of: swept as soon as it is deleted. Who lets go enters them in its own transaction, so
 * that a crash forgets none; one look through the fleet's records serves everybody who has entered some by then, and
 * ends as soon as all of them are found to be somebody's.
 */
import type { Kysely } from "kysely";
import { othersWrite } from "../store/engine.ts";
import type { Schema } from "../store/schema.ts";
import { isOverAll, protocolScope } from "../store/scope.ts";
import { defineRead, defineWrite, type Store } from "../store/store.ts";
import { decodeIds, encodeIds } from "./item-ids.ts";
import { readRecord } from "./record-rows.ts";
import { beginSweep, itemsNamed, namedIn, removeUnnamed, slice } from "./sweep.ts";

/**
 * Enters the items of an installation's sections, or of these alone, before they are forgotten. With several servers
 * there is no telling when nobody takes one up any more: there they stay for the sweep of the day.
 */
export async function releaseItems(
  transaction: Kysely<Schema>,
  installation: number,
  sections?: readonly string[],
): Promise<void> {
  if (othersWrite(transaction)) return;
  const record = await readRecord(transaction, installation);
  const released = record.filter(({ name }) => sections === undefined || sections.includes(name));
  const ids = new Set(released.flatMap(({ items }) => (items ? namedIn(items) : [])));
  if (ids.size === 0) return;
  await transaction
    .insertInto("released_items")
    .values({ items: encodeIds([[...ids]]) })
    .execute();
}

interface Released {
  /** The last one that was entered. */
  readonly last: number;
  readonly items: Float64Array;
}

const releasedItems = defineRead({
  name: "released-items",
  async run(database, scope, _input: null): Promise<Released | null> {
    if (!isOverAll(scope)) return null;
    const rows = await database.selectFrom("released_items").selectAll().orderBy("id").execute();
    const last = rows.at(-1);
    const items = new Set(rows.flatMap(({ items: ids }) => decodeIds(ids).flat()));
    return last ? { last: last.id, items: Float64Array.from(items) } : null;
  },
});

const sweptReleased = defineWrite({
  name: "swept-released",
  async run(transaction, last: number): Promise<void> {
    await transaction.deleteFrom("released_items").where("id", "<=", last).execute();
  },
});

const running = new WeakMap<Store, Promise<number>>();
const waiting = new WeakMap<Store, Promise<number>>();

/** Removes what was let go of and nobody has; how many. Those who ask while a sweep runs share the next one. */
export function sweepReleased(store: Store): Promise<number> {
  const shared = waiting.get(store);
  if (shared) return shared;
  const before = running.get(store) ?? Promise.resolve(0);
  const next = before
    .catch(() => 0)
    .then(() => {
      waiting.delete(store);
      const sweep = sweepOnce(store);
      running.set(store, sweep);
      return sweep;
    });
  waiting.set(store, next);
  return next;
}

async function sweepOnce(store: Store): Promise<number> {
  const released = await store.read(releasedItems, protocolScope, null);
  if (!released) return 0;
  const [sweep] = await store.commit([beginSweep(null)]);
  if (!sweep) return 0;
  const unnamed = new Set(released.items);
  for (let after = 0; after < sweep.lastInstallation && unnamed.size > 0; after += slice.installations) {
    const named = await store.read(itemsNamed, protocolScope, { after, last: after + slice.installations });
    for (const id of named) unnamed.delete(id);
  }
  const left = [...unnamed];
  let removed = 0;
  for (let at = 0; at < left.length; at += slice.items) {
    const ids = left.slice(at, at + slice.items);
    const [count] = await store.commit([removeUnnamed({ number: sweep.number, ids })]);
    removed += count;
  }
  await store.commit([sweptReleased(released.last)]);
  return removed;
}
