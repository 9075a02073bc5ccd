/**
 * Deletes again what an older database brought back: in slices, each of which may be repeated, and only behind them does
 * the database show the ledger's number.
 */
import { forgetCategories } from "../check-ins/forget-sections.ts";
import { isOverAll, protocolScope } from "../store/scope.ts";
import { defineRead, defineWrite, type Store } from "../store/store.ts";
import { type Deletion, type LedgerEntry, nameOf, writeEntry } from "./deletion.ts";
import { forgetDevice } from "./forget.ts";

/** Rows read at a time: an old database of a large fleet is gone through once, at start. */
const readAtOnce = 10_000;

/** Devices of which something is deleted in one transaction. */
export const deletedAtOnce = 20;

/** `entries`: those behind the number that the database shows, in their order. */
export async function replay(
  store: Pick<Store, "read" | "commit">,
  entries: readonly LedgerEntry[],
  ledgerKey: Uint8Array,
): Promise<void> {
  const last = entries.at(-1);
  if (!last) return;
  const there = await named(store, entries, ledgerKey);
  const again = entries.flatMap(({ names, categories }): Again[] =>
    (names ?? []).flatMap((name) => (there.get(name) ?? []).map((found) => ({ ...found, categories }))),
  );
  for (let at = 0; at < again.length; at += deletedAtOnce)
    await store.commit([deleteAgain(again.slice(at, at + deletedAtOnce))]);
  await store.commit([showDeletion(last)]);
}

interface Found {
  /** Of the installation; null for a record that nobody goes on for. */
  readonly ordinal: number | null;
  readonly device: number;
}

interface Again extends Found, Pick<Deletion, "categories"> {}

const deleteAgain = defineWrite({
  name: "delete-again",
  async run(transaction, some: readonly Again[]): Promise<void> {
    for (const { ordinal, device, categories } of some)
      if (categories === null) await forgetDevice(transaction, device);
      else if (ordinal !== null) await forgetCategories(transaction, { ordinal, device }, categories);
  },
});

/** This is the last deletion from now on; it is settled when what was deleted again is gone from the files. */
const showDeletion = defineWrite({
  name: "show-deletion",
  async run(transaction, last: LedgerEntry): Promise<void> {
    await transaction.deleteFrom("deletions").execute();
    await transaction
      .insertInto("deletions")
      .values({ number: last.number, entry: writeEntry(last), written: 0 })
      .execute();
  },
});

/** The devices and installations that the entries name, by name; a device's name stands for its installation, too. */
async function named(
  store: Pick<Store, "read">,
  entries: readonly LedgerEntry[],
  ledgerKey: Uint8Array,
): Promise<ReadonlyMap<string, readonly Found[]>> {
  const names = new Set(entries.flatMap((entry) => entry.names ?? []));
  const found = new Map<string, Found[]>();
  for (let after: number | undefined = 0; names.size > 0 && after !== undefined; ) {
    const rows: readonly WithIds[] = await store.read(devicesWithIds, protocolScope, after);
    for (const { id, deviceId, ordinal, device } of rows)
      for (const name of [id ?? deviceId, deviceId].map((each) => nameOf(ledgerKey, each)))
        if (names.has(name)) found.set(name, [...(found.get(name) ?? []), { ordinal, device }]);
    after = rows.at(-1)?.device;
  }
  return found;
}

interface WithIds extends Found {
  readonly deviceId: string;
  /** Of the installation. */
  readonly id: string | null;
}

/** The first devices behind an ordinal. */
const devicesWithIds = defineRead({
  name: "devices-with-ids",
  isPoint: true,
  run: (database, scope, after: number): Promise<readonly WithIds[]> =>
    database
      .selectFrom("devices")
      .leftJoin("installations", "installations.device", "devices.ordinal")
      .select([
        "devices.ordinal as device",
        "devices.id as deviceId",
        "installations.ordinal",
        "installations.id",
      ])
      .where((builder) => builder.lit(isOverAll(scope)))
      .where("devices.ordinal", ">", after)
      .orderBy("devices.ordinal")
      .limit(readAtOnce)
      .execute(),
});
