/**
 * Items that nobody has any more: marked and swept in slices, while everybody goes on writing. Whoever takes an item
 * up marks it with the number of the sweep that runs; a sweep looks at every section and removes what none of them
 * names and nobody has taken up since it began; where servers share a database, since the sweep before it began: what
 * one of them had not committed when a sweep began is seen by the next.
 */

import type { Kysely } from "kysely";
import { othersWrite } from "../store/engine.ts";
import { numbered } from "../store/in-parts.ts";
import type { Schema } from "../store/schema.ts";
import { isOverAll, protocolScope } from "../store/scope.ts";
import { defineRead, defineWrite, type Store } from "../store/store.ts";
import { decodeIds } from "./item-ids.ts";
import { removeItems } from "./items.ts";
import { readRecords } from "./record-rows.ts";

/** Installations whose sections are looked at in one read, and items in one transaction. */
export const slice = { installations: 500, items: 1_000 } as const;

interface Sweep {
  readonly number: number;
  /** What comes later is new, and not swept. */
  readonly lastItem: number;
  readonly lastInstallation: number;
}

export const beginSweep = defineWrite({
  name: "begin-sweep",
  async run(transaction, _input: null): Promise<Sweep | null> {
    const [server] = await transaction
      .updateTable("server")
      .set((expression) => ({ sweep: expression("sweep", "+", 1) }))
      .returning("sweep")
      .execute();
    const { last: lastItem } = await transaction
      .selectFrom("items")
      .select((expression) => expression.fn.max("id").as("last"))
      .executeTakeFirstOrThrow();
    const { last: lastInstallation } = await transaction
      .selectFrom("records")
      .select((expression) => expression.fn.max("installation").as("last"))
      .executeTakeFirstOrThrow();
    return server
      ? { number: server.sweep, lastItem: lastItem ?? 0, lastInstallation: lastInstallation ?? 0 }
      : null;
  },
});

interface Slice {
  readonly after: number;
  readonly last: number;
}

/** Items that the sections of these installations name, each once. */
export const itemsNamed = defineRead({
  name: "items-named",
  async run(database, scope, { after, last }: Slice): Promise<Float64Array> {
    if (!isOverAll(scope)) return new Float64Array();
    const rows = await database
      .selectFrom("records")
      .select("installation")
      .where("installation", ">", after)
      .where("installation", "<=", last)
      .execute();
    const records = await readRecords(
      database,
      rows.map(({ installation }) => installation),
    );
    const sections = records.flatMap(([, each]) => each);
    return Float64Array.from(new Set(sections.flatMap(({ items }) => (items ? namedIn(items) : []))));
  },
});

/** What cannot be read names nothing, and cannot be put together again in any case. */
export function namedIn(items: Uint8Array): number[] {
  try {
    return decodeIds(items).flat();
  } catch {
    return [];
  }
}

/** What was taken up by this sweep or later may be named by what a sweep has passed, or does not see yet. */
const settledBefore = (database: Kysely<Schema>, number: number): number =>
  othersWrite(database) ? number - 1 : number;

/** Removes those of these items that nobody has taken up since the sweep began; how many. */
export const removeUnnamed = defineWrite({
  name: "remove-unnamed",
  async run(transaction, { number, ids }: { readonly number: number; readonly ids: readonly number[] }) {
    const rows = await transaction
      .selectFrom("items")
      .select("id")
      .where("id", "in", ids)
      .where("seen", "<", settledBefore(transaction, number))
      .execute();
    const unnamed = rows.map(({ id }) => id);
    await removeItems(transaction, unnamed, (part) => numbered("id", part));
    return unnamed.length;
  },
});

interface Sweeping extends Slice {
  readonly number: number;
  /** A bit for each item from the one after `after` on. */
  readonly marked: Uint8Array;
}

const sweepSlice = defineWrite({
  name: "sweep-slice",
  async run(transaction, { number, after, last, marked }: Sweeping): Promise<number> {
    const rows = await transaction
      .selectFrom("items")
      .select("id")
      .where("id", ">", after)
      .where("id", "<=", last)
      .where("seen", "<", settledBefore(transaction, number))
      .execute();
    const unnamed = rows.map(({ id }) => id).filter((id) => !isMarked(marked, id - after - 1));
    await removeItems(transaction, unnamed, (part) => numbered("id", part));
    return unnamed.length;
  },
});

/** What lies behind the last of them is new. */
function mark(bits: Uint8Array, at: number): void {
  bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
}

const isMarked = (bits: Uint8Array, at: number): boolean => ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;

/** Removes the items that nobody has had since the sweep before; how many. */
export async function sweepItems(store: Store): Promise<number> {
  const [sweep] = await store.commit([beginSweep(null)]);
  if (!sweep) return 0;
  const { number, lastItem, lastInstallation } = sweep;
  const marked = new Uint8Array(Math.ceil(lastItem / 8));
  for (let after = 0; after < lastInstallation; after += slice.installations) {
    const named = await store.read(itemsNamed, protocolScope, { after, last: after + slice.installations });
    for (const id of named) mark(marked, id - 1);
  }
  let removed = 0;
  for (let after = 0; after < lastItem; after += slice.items) {
    const last = Math.min(after + slice.items, lastItem);
    const bits = marked.slice(after >> 3, Math.ceil(last / 8));
    const [count] = await store.commit([sweepSlice({ number, after, last, marked: bits })]);
    removed += count;
  }
  return removed;
}
