/**
 * Making devices one, and undoing it. One record goes on, the earliest, with the installation that checked in last;
 * the others are hidden with all they have, and change places with it again when that is undone.
 */
import { newDeviceId, RollcallError } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { checkedInAt, checkedInColumns } from "../check-ins/checked-in.ts";
import { forgetDevice } from "../privacy/forget.ts";
import type { CurrentReader } from "../store/current-values.ts";
import type { Schema } from "../store/schema.ts";
import { endInstallation } from "./former.ts";

/** For how long a merge can be undone; milliseconds. */
export const undoable = 30 * 86_400_000;

export interface Merging {
  /** Ordinals, two or more. */
  readonly devices: readonly number[];
  readonly at: number;
  readonly by: string;
}

export interface Merged {
  /** The ordinal and id of the device that goes on. */
  readonly device: number;
  readonly id: string;
  /** Ids of the others. */
  readonly others: readonly string[];
}

export async function merge(
  transaction: Kysely<Schema>,
  { devices, at, by }: Merging,
  current: CurrentReader,
): Promise<Merged> {
  const rows = await transaction
    .selectFrom("devices")
    .leftJoin("installations", "installations.device", "devices.ordinal")
    .select([
      "devices.ordinal",
      "devices.id",
      "ownership",
      "installations.enrolled_at",
      ...checkedInColumns,
      "succeeds",
    ])
    .where("devices.ordinal", "in", devices)
    .where("merge", "is", null)
    .orderBy("first_seen_at")
    .orderBy("devices.ordinal")
    .execute();
  const [kept, ...others] = rows;
  // One that was deleted, or merged by somebody else, since they were looked up.
  if (!kept || rows.length < devices.length) throw new RollcallError("not-found");
  refuseTwoOwners(rows);
  await refuseUnsettled(transaction, rows);
  const seen = (row: (typeof rows)[number]) => checkedInAt(row, current) ?? row.enrolled_at ?? -1;
  const goesOn = rows.reduce((latest, row) => (seen(row) > seen(latest) ? row : latest));
  const other = goesOn.ordinal === kept.ordinal ? null : goesOn.ordinal;
  const { id: number } = await transaction
    .insertInto("merges")
    .values({ device: kept.ordinal, other, at, by })
    .returning("id")
    .executeTakeFirstOrThrow();
  if (other !== null) await changePlaces(transaction, kept.ordinal, other);
  await transaction
    .updateTable("devices")
    .set({ merge: number })
    .where(
      "ordinal",
      "in",
      others.map(({ ordinal }) => ordinal),
    )
    .execute();
  return { device: kept.ordinal, id: kept.id, others: others.map(({ id }) => id) };
}

/** What stands on consent, and who may delete a device, is decided by its ownership: no merge changes that. */
function refuseTwoOwners(rows: readonly { readonly ownership: string }[]): void {
  if (new Set(rows.map(({ ownership }) => ownership)).size > 1)
    throw new RollcallError("invalid-request", {
      detail: "A person's own device is not made one with an organisation's.",
    });
}

/** A successor's device is a provisional one, which vanishes when it goes on for another: nothing may hang on it. */
async function refuseUnsettled(
  database: Kysely<Schema>,
  rows: readonly { readonly succeeds: number | null }[],
): Promise<void> {
  const succeeded = rows.flatMap(({ succeeds }) => succeeds ?? []);
  const doubted = (table: "installations" | "former_installations") =>
    database
      .selectFrom(table)
      .select("ordinal")
      .where("ordinal", "in", succeeded)
      .where("doubted_at", "is not", null)
      .executeTakeFirst();
  if (succeeded.length === 0) return;
  if ((await doubted("installations")) ?? (await doubted("former_installations")))
    throw new RollcallError("not-settled");
}

/** Undoes the latest merge; null when there is none. */
export async function split(transaction: Kysely<Schema>, device: number): Promise<Merged | null> {
  const latest = await transaction
    .selectFrom("merges")
    .innerJoin("devices", "devices.ordinal", "merges.device")
    .select(["merges.id", "merges.other", "devices.id as deviceId"])
    .where("device", "=", device)
    .orderBy("merges.id", "desc")
    .executeTakeFirst();
  if (!latest) return null;
  if (latest.other !== null) await changePlaces(transaction, device, latest.other);
  const others = await transaction
    .updateTable("devices")
    .set({ merge: null })
    .where("merge", "=", latest.id)
    .returning("id")
    .execute();
  await transaction.deleteFrom("merges").where("id", "=", latest.id).execute();
  return { device, id: latest.deviceId, others: others.map(({ id }) => id) };
}

/** Ordinals of the devices that were merged into one, and into those in their turn. */
export async function mergedInto(database: Kysely<Schema>, device: number): Promise<number[]> {
  const rows = await database
    .selectFrom("devices")
    .innerJoin("merges", "merges.id", "devices.merge")
    .select("devices.ordinal")
    .where("merges.device", "=", device)
    .execute();
  const found: number[] = [];
  for (const { ordinal } of rows) found.push(ordinal, ...(await mergedInto(database, ordinal)));
  return found;
}

/** One that can no longer be undone goes, unless its agent still checks in: then it is a device that is wrongly hidden. */
export async function endMerge(
  transaction: Kysely<Schema>,
  { id, device, at: mergedAt }: { readonly id: number; readonly device: number; readonly at: number },
  at: number,
  current: CurrentReader,
): Promise<void> {
  const hidden = await transaction
    .selectFrom("devices")
    .leftJoin("installations", "installations.device", "devices.ordinal")
    .select(["devices.ordinal", ...checkedInColumns])
    .where("merge", "=", id)
    .execute();
  if (hidden.some((row) => (checkedInAt(row, current) ?? 0) > mergedAt)) return;
  await transaction.deleteFrom("merges").where("id", "=", id).execute();
  for (const { ordinal, installation } of hidden) {
    if (installation !== null)
      await endInstallation(transaction, { installation, device, copied: false, at });
    await transaction
      .updateTable("former_installations")
      .set({ device })
      .where("device", "=", ordinal)
      .execute();
    await forgetDevice(transaction, ordinal);
  }
}

const ofInstallation = ["summary", "sort_name", "last_seen_at", "retired_at"] as const;

/** Two devices change their installations, and with them what of the record comes from these. */
async function changePlaces(transaction: Kysely<Schema>, one: number, other: number): Promise<void> {
  const record = (device: number) =>
    transaction
      .selectFrom("devices")
      .select(ofInstallation)
      .where("ordinal", "=", device)
      .executeTakeFirstOrThrow();
  const [oneRecord, otherRecord] = [await record(one), await record(other)];
  await transaction.updateTable("devices").set(otherRecord).where("ordinal", "=", one).execute();
  await transaction.updateTable("devices").set(oneRecord).where("ordinal", "=", other).execute();
  // No two installations are of one device even for a moment, so one of them waits at a device of its own.
  const { ordinal: between } = await transaction
    .insertInto("devices")
    .values({ id: newDeviceId(), group_name: "", ownership: "organisation", first_seen_at: 0, ...oneRecord })
    .returning("ordinal")
    .executeTakeFirstOrThrow();
  for (const [from, to] of [
    [one, between],
    [other, one],
    [between, other],
  ] as const) {
    await transaction
      .updateTable("installations")
      .set({ device: to, moved: 1 })
      .where("device", "=", from)
      .execute();
    // A late copy of what it was before asks for the record that it has.
    await transaction
      .updateTable("former_installations")
      .set({ device: to })
      .where("device", "=", from)
      .execute();
  }
  await transaction.deleteFrom("devices").where("ordinal", "=", between).execute();
}
