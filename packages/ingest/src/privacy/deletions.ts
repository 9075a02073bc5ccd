/**
 * Deletions in the store. Each is entered in the transaction that deletes, and gets its number there; from there it is
 * carried to the ledger before anybody is told. What the database shows, the ledger therefore has, or it can be told.
 */
import type { Kysely, Transaction } from "kysely";
import { keptDeletions } from "../store/engine.ts";
import type { Schema } from "../store/schema.ts";
import { isOverAll } from "../store/scope.ts";
import { defineRead, defineWrite } from "../store/store.ts";
import { type Deletion, type LedgerEntry, readEntry, writeEntry } from "./deletion.ts";

/** Enters a deletion in the transaction that carries it out. */
export async function enterDeletion(transaction: Transaction<Schema>, deletion: Deletion): Promise<void> {
  const number = (await lastNumber(transaction)) + 1;
  const entry = writeEntry({ number, ...deletion });
  await transaction.insertInto("deletions").values({ number, entry, written: 0 }).execute();
}

/** The same as a write, for those that are committed together with what deletes. */
export const enteredDeletion = defineWrite({ name: "enter-deletion", run: enterDeletion });

async function lastNumber(database: Kysely<Schema>): Promise<number> {
  const last = await database
    .selectFrom("deletions")
    .select("number")
    .orderBy("number", "desc")
    .executeTakeFirst();
  return last?.number ?? 0;
}

/** What the database shows: the number of the last deletion, and those that may not be in the ledger, or still in a file. */
export const deletionsShown = defineRead({
  name: "deletions-shown",
  isPoint: true,
  async run(database, scope, _input: null) {
    const rows = await database
      .selectFrom("deletions")
      .selectAll()
      .where((builder) => builder.lit(isOverAll(scope)))
      .orderBy("number")
      .execute();
    return {
      number: rows.at(-1)?.number ?? 0,
      pending: rows
        .filter(({ written }) => written === 0 || keptDeletions(database) > 0)
        .map(({ entry }) => entryIn(entry)),
    };
  },
});

function entryIn(column: string): LedgerEntry {
  const entry = readEntry(column);
  if (!entry) throw new Error("column deletions.entry holds something else than it should");
  return entry;
}

/**
 * Those up to this number are in the ledger, and gone from every file: they are kept no longer than needed, but for the
 * last, which shows the number.
 */
export const deletionsSettled = defineWrite({
  name: "deletions-settled",
  async run(transaction, number: number): Promise<void> {
    const needless = number - keptDeletions(transaction);
    await transaction.deleteFrom("deletions").where("number", "<", needless).execute();
    await transaction.updateTable("deletions").set({ written: 1 }).where("number", "<=", number).execute();
  },
});

/** The ids of devices and their installations; whoever holds a key that went on for one before is told, too. */
export async function idsOf(database: Kysely<Schema>, devices: readonly number[]): Promise<string[]> {
  const rows = await database
    .selectFrom("devices")
    .leftJoin("installations", "installations.device", "devices.ordinal")
    .leftJoin("former_installations", "former_installations.device", "devices.ordinal")
    .select(["devices.id", "installations.id as installation", "former_installations.id as former"])
    .where("devices.ordinal", "in", devices)
    .execute();
  const ids = rows.flatMap(({ id, installation, former }) => [id, installation ?? id, former ?? id]);
  return [...new Set(ids)];
}
