/**
 * Settling a doubt in the store: one successor that lives goes on with the device's record, two are two devices.
 * Evaluated when a successor checks in, and by a job of the server.
 */
import type { Kysely } from "kysely";
import { carryHistory } from "../check-ins/carry-history.ts";
import { checkedInAt, checkedInColumns } from "../check-ins/checked-in.ts";
import { forgetDevice } from "../privacy/forget.ts";
import type { CurrentReader } from "../store/current-values.ts";
import type { Schema } from "../store/schema.ts";
import { defineWrite } from "../store/store.ts";
import { comeLate, type Ending, endInstallation, formerInstallation, noteCopied } from "./former.ts";
import { type Candidate, verdictOn } from "./verdict.ts";

export interface Settling {
  readonly at: number;
  /** Milliseconds; two intervals. */
  readonly patience: number;
}

/** An installation in doubt; a former one when a successor of it came late. */
interface Doubted {
  readonly ordinal: number;
  /** The device whose record is at stake. */
  readonly device: number;
  readonly since: number;
  /** What it is itself a successor of. */
  readonly succeeds: number | null;
  readonly isFormer: boolean;
}

/** How long a device that nobody goes on for is kept for an admin who knows better: as long as the history of hardware. */
const recordKept = 400 * 86_400_000;

/** How far a run through the doubts has come: in their order, behind this one. */
export interface DoubtPlace {
  readonly isFormer: boolean;
  readonly ordinal: number;
}

/** Doubts that are looked at in one transaction. */
export const doubtsAtOnce = 20;

/** Settles the doubts behind a place that can be settled by now, some of them; tells where the next ones begin. */
export const settleDoubts = defineWrite({
  name: "settle-doubts",
  async run(
    transaction,
    { after, ...settling }: Settling & { readonly after: DoubtPlace | null },
    { current },
  ): Promise<DoubtPlace | null> {
    const some = await someDoubted(transaction, after);
    for (const doubted of some) await settle(transaction, doubted, settling, current);
    const last = some.at(-1);
    return last && some.length === doubtsAtOnce ? { isFormer: last.isFormer, ordinal: last.ordinal } : null;
  },
});

/** Settles the doubt that this installation, or former one, is the subject of, if that is possible by now. */
export async function settleDoubtOf(
  transaction: Kysely<Schema>,
  installation: number,
  settling: Settling,
  current: CurrentReader,
): Promise<void> {
  const those = [
    ...(await presentDoubted(transaction).where("ordinal", "=", installation).execute()).map(present),
    ...(await formerDoubted(transaction).where("ordinal", "=", installation).execute()).map(former),
  ];
  for (const doubted of those) await settle(transaction, doubted, settling, current);
}

/** The latest first: who was copied as a successor is settled before what it succeeds. Former ones come last. */
async function someDoubted(database: Kysely<Schema>, after: DoubtPlace | null): Promise<Doubted[]> {
  const some: Doubted[] = [];
  if (!after?.isFormer) {
    const below = after?.ordinal ?? Number.MAX_SAFE_INTEGER;
    const rows = await presentDoubted(database).where("ordinal", "<", below).limit(doubtsAtOnce).execute();
    some.push(...rows.map(present));
  }
  const below = after?.isFormer ? after.ordinal : Number.MAX_SAFE_INTEGER;
  const rest = doubtsAtOnce - some.length;
  const rows = await formerDoubted(database).where("ordinal", "<", below).limit(rest).execute();
  return [...some, ...rows.map(former)];
}

const presentDoubted = (database: Kysely<Schema>) =>
  database
    .selectFrom("installations")
    .select(["ordinal", "device", "doubted_at", "succeeds"])
    .where("doubted_at", "is not", null)
    .orderBy("ordinal", "desc");

const formerDoubted = (database: Kysely<Schema>) =>
  database
    .selectFrom("former_installations")
    .select(["ordinal", "device", "doubted_at"])
    .where("doubted_at", "is not", null)
    .orderBy("ordinal", "desc");

interface DoubtedRow {
  readonly ordinal: number;
  readonly device: number;
  readonly doubted_at: number | null;
}

const present = ({ doubted_at, ...row }: DoubtedRow & Pick<Doubted, "succeeds">): Doubted => ({
  ...row,
  since: doubted_at ?? 0,
  isFormer: false,
});

const former = ({ doubted_at, ...row }: DoubtedRow): Doubted => ({
  ...row,
  since: doubted_at ?? 0,
  succeeds: null,
  isFormer: true,
});

async function settle(
  transaction: Kysely<Schema>,
  doubted: Doubted,
  { at, patience }: Settling,
  current: CurrentReader,
): Promise<void> {
  const candidates = await candidatesOf(transaction, doubted, current);
  const verdict = verdictOn({ since: doubted.since, candidates, now: at, patience });
  if (verdict.kind === "wait") return;
  const living = verdict.kind === "restored" ? [verdict.living] : verdict.living;
  if (verdict.kind === "restored") await goOn(transaction, doubted, verdict.living, at);
  else await keepApart(transaction, doubted, living, at);
  for (const each of candidates)
    if (!living.includes(each) && each.doubtedAt === null && each.device !== doubted.device)
      await vanish(transaction, each, doubted.device, { copied: verdict.kind === "copied", at });
}

/** Its successors, and who goes on for its device since an earlier doubt. Who was retired goes on for nobody. */
async function candidatesOf(
  database: Kysely<Schema>,
  doubted: Doubted,
  current: CurrentReader,
): Promise<Candidate[]> {
  const rows = await database
    .selectFrom("installations")
    .innerJoin("devices", "devices.ordinal", "installations.device")
    .select(["device", "enrolled_at", "doubted_at", ...checkedInColumns])
    .where("retired_at", "is", null)
    .where((builder) =>
      doubted.isFormer
        ? builder.or([
            builder("succeeds", "=", doubted.ordinal),
            builder("installations.device", "=", doubted.device),
          ])
        : builder("succeeds", "=", doubted.ordinal),
    )
    .execute();
  return rows.map((row) => ({
    installation: row.installation,
    device: row.device,
    enrolledAt: row.enrolled_at,
    checkedInAt: checkedInAt(row, current),
    doubtedAt: row.doubted_at,
  }));
}

/** It was a restore: the one that lives gets the device's record, and its provisional device vanishes. */
async function goOn(
  transaction: Kysely<Schema>,
  doubted: Doubted,
  living: Candidate,
  at: number,
): Promise<void> {
  if (living.device !== doubted.device) {
    const holder = await holderOf(transaction, doubted.device);
    if (holder !== null) await carryHistory(transaction, { from: holder, to: living.installation, at });
    await endHolder(transaction, doubted.device, false, at);
    await moveInstallation(transaction, living, doubted.device);
    await forgetProvisional(transaction, living.device, doubted.device);
  }
  await release(transaction, doubted, [living], at);
}

/** Ends who went on for the device so far, if anybody did. */
async function endHolder(
  transaction: Kysely<Schema>,
  device: number,
  copied: boolean,
  at: number,
): Promise<void> {
  const installation = await holderOf(transaction, device);
  if (installation !== null) await endInstallation(transaction, { installation, device, copied, at });
}

async function holderOf(database: Kysely<Schema>, device: number): Promise<number | null> {
  const holders = database.selectFrom("installations").select("ordinal").where("device", "=", device);
  return (await holders.executeTakeFirst())?.ordinal ?? null;
}

/** Gives a device that has none this installation, with the columns of the list that come from it. */
async function moveInstallation(
  transaction: Kysely<Schema>,
  { installation, device }: Candidate,
  to: number,
): Promise<void> {
  const { summary, sort_name, last_seen_at } = await transaction
    .selectFrom("devices")
    .select(["summary", "sort_name", "last_seen_at"])
    .where("ordinal", "=", device)
    .executeTakeFirstOrThrow();
  const { retired_at } = await transaction
    .updateTable("devices")
    .set({ summary, sort_name, last_seen_at })
    .where("ordinal", "=", to)
    .returning("retired_at")
    .executeTakeFirstOrThrow();
  // What was retired while it was in doubt stays so.
  const revoked = retired_at === null ? {} : { session_hash: null, session_expires_at: null };
  await transaction
    .updateTable("installations")
    .set({ device: to, moved: 1, ...revoked })
    .where("ordinal", "=", installation)
    .execute();
}

/** It was a copy: each that lives is a device of its own, and an admin may know which of them the device was. */
async function keepApart(
  transaction: Kysely<Schema>,
  doubted: Doubted,
  living: readonly Candidate[],
  at: number,
): Promise<void> {
  if (!doubted.isFormer) {
    await endHolder(transaction, doubted.device, true, at);
    await transaction
      .updateTable("devices")
      .set({ summary: "{}", sort_name: "", kept_until: at + recordKept })
      .where("ordinal", "=", doubted.device)
      .execute();
  }
  await transaction
    .updateTable("former_installations")
    .set({ copied: 1 })
    .where("ordinal", "=", doubted.ordinal)
    .execute();
  for (const { device } of living) await noteCopied(transaction, { device, about: doubted.device, at });
  await release(transaction, doubted, living, at);
}

/** The doubt is over: those that live are successors of what it succeeded, where that is still in doubt. */
async function release(
  transaction: Kysely<Schema>,
  doubted: Doubted,
  living: readonly Candidate[],
  at: number,
): Promise<void> {
  const before = doubted.succeeds === null ? null : await formerInstallation(transaction, doubted.succeeds);
  for (const { installation, device } of living) {
    const succeeds = before ? await comeLate(transaction, before, device, at) : doubted.succeeds;
    await transaction
      .updateTable("installations")
      .set({ succeeds })
      .where("ordinal", "=", installation)
      .execute();
  }
  await transaction
    .updateTable("former_installations")
    .set({ doubted_at: null })
    .where("ordinal", "=", doubted.ordinal)
    .execute();
}

/** A successor that never showed that it lives: its provisional device is gone, its key stays known. */
async function vanish(
  transaction: Kysely<Schema>,
  { installation, device }: Candidate,
  into: number,
  ending: Pick<Ending, "copied" | "at">,
): Promise<void> {
  await endInstallation(transaction, { installation, device: into, ...ending });
  await forgetProvisional(transaction, device, into);
}

/** What ended as this device is known as the other one from now on. */
async function forgetProvisional(transaction: Kysely<Schema>, device: number, into: number): Promise<void> {
  await transaction
    .updateTable("former_installations")
    .set({ device: into })
    .where("device", "=", device)
    .execute();
  await forgetDevice(transaction, device);
}
