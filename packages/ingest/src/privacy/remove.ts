/** Removing a device in the transaction that deletes it: it, what was merged into it, and the record that it leaves to nobody. */
import type { Transaction } from "kysely";
import { mergedInto } from "../copies/merge.ts";
import type { Schema } from "../store/schema.ts";
import { nameOf } from "./deletion.ts";
import { enterDeletion, idsOf } from "./deletions.ts";
import { forgetDevice, type Removed } from "./forget.ts";

export interface Removal {
  readonly device: number;
  /** The ledger's, by which it recognises an id. */
  readonly ledgerKey: Uint8Array;
  readonly at: number;
}

/** Tells the rows of the device itself; one that is gone already is none, and not entered. */
export async function remove(
  transaction: Transaction<Schema>,
  { device, ledgerKey, at }: Removal,
): Promise<Removed> {
  const { ids, removed } = await forgetWithRecords(transaction, device);
  const names = ids.map((id) => nameOf(ledgerKey, id));
  if (removed.devices) await enterDeletion(transaction, { names, categories: null, at });
  return removed;
}

interface Forgotten {
  readonly ids: readonly string[];
  readonly removed: Removed;
}

async function forgetWithRecords(transaction: Transaction<Schema>, device: number): Promise<Forgotten> {
  const hidden = await mergedInto(transaction, device);
  const ids = await idsOf(transaction, [device, ...hidden]);
  const notes = await transaction
    .selectFrom("device_notes")
    .select("about")
    .where("device", "in", [device, ...hidden])
    .execute();
  for (const each of hidden) await forgetDevice(transaction, each);
  const removed = await forgetDevice(transaction, device);
  for (const { about } of notes)
    if (await isLeftToNobody(transaction, about))
      ids.push(...(await forgetWithRecords(transaction, about)).ids);
  return { ids, removed };
}

/** Whether a record was kept for copies of the device of which none is there any more. A merge gives it to somebody. */
async function isLeftToNobody(transaction: Transaction<Schema>, record: number): Promise<boolean> {
  const row = await transaction
    .selectFrom("devices")
    .leftJoin("installations", "installations.device", "devices.ordinal")
    .leftJoin("device_notes", "device_notes.about", "devices.ordinal")
    .leftJoin("merges", "merges.device", "devices.ordinal")
    .select("devices.ordinal")
    .where("devices.ordinal", "=", record)
    .where("merge", "is", null)
    .where("installations.ordinal", "is", null)
    .where("device_notes.device", "is", null)
    .where("merges.id", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}
