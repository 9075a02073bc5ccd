/** Successors in the store: a new installation, on a provisional device, for who holds the key of one in doubt. */
import type { Grant, Ownership } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { beginDoubt } from "../copies/doubt.ts";
import { comeLate, formerInstallation } from "../copies/former.ts";
import { grantsIn } from "../store/grant-columns.ts";
import type { Schema } from "../store/schema.ts";
import { defineWrite } from "../store/store.ts";
import { type Admission, addInstallation, type EnrolmentInput, enrolledKey } from "./queries.ts";

export interface SuccessionInput
  extends Pick<EnrolmentInput, "key" | "applications" | "acceptsDigest" | "at"> {
  /** The ordinal of the installation that is succeeded. */
  readonly succeeds: number;
  readonly bounds: SuccessorBounds;
}

/**
 * Successors of one lineage. An image with the agent inside may be on a room full of machines; an old key must not
 * make thousands of devices.
 */
interface SuccessorBounds {
  readonly anHour: number;
  readonly atOnce: number;
}

const hour = 3_600_000;

/**
 * Lets a successor in: without access to what the other has sent, with what the person there has granted. The same
 * key again gets its installation again.
 */
export const enrolSuccessor = defineWrite({
  name: "enrol-successor",
  async run(transaction, { succeeds, bounds, ...newcomer }: SuccessionInput): Promise<Admission> {
    const known = await enrolledKey(transaction, newcomer.key);
    if (known) return known;
    const inherited = await inheritance(transaction, succeeds);
    if (!inherited) return { refused: "session-invalid" };
    if (inherited.retired) return { refused: "device-retired" };
    const { lineage } = inherited;
    if (await isFull(transaction, lineage, newcomer.at, bounds)) return { refused: "too-many-successors" };
    const succession = { succeeds, lineage };
    const added = await addInstallation(transaction, { ...newcomer, ...inherited, succession });
    await doubt(transaction, { ordinal: added.ordinal, device: added.deviceOrdinal }, succeeds, newcomer.at);
    return added;
  },
});

interface Inheritance {
  readonly token: number;
  readonly group: string;
  readonly ownership: Ownership;
  readonly grants: readonly Grant[];
  readonly lineage: number;
  readonly retired: boolean;
}

/** From the device's record as it is now; the grants from who goes on for it, for a consent may have been withdrawn there. */
async function inheritance(database: Kysely<Schema>, succeeds: number): Promise<Inheritance | null> {
  const own = database
    .selectFrom("installations")
    .select(["token", "grants", "lineage", "device"])
    .where("ordinal", "=", succeeds);
  const ended = database
    .selectFrom("former_installations")
    .select(["token", "grants", "lineage", "device"])
    .where("ordinal", "=", succeeds);
  const row = (await own.executeTakeFirst()) ?? (await ended.executeTakeFirst());
  if (!row) return null;
  const device = await database
    .selectFrom("devices")
    .leftJoin("installations", "installations.device", "devices.ordinal")
    .select(["group_name", "ownership", "grants", "retired_at"])
    .where("devices.ordinal", "=", row.device)
    .executeTakeFirst();
  if (!device) return null;
  return {
    token: row.token,
    group: device.group_name,
    ownership: device.ownership,
    grants: grantsIn(device.grants ?? row.grants, "installations.grants"),
    lineage: row.lineage ?? succeeds,
    retired: device.retired_at !== null,
  };
}

async function isFull(
  database: Kysely<Schema>,
  lineage: number,
  at: number,
  bounds: SuccessorBounds,
): Promise<boolean> {
  const successors = database
    .selectFrom("installations")
    .select((expression) => expression.fn.countAll<number>().as("n"))
    .where("lineage", "=", lineage);
  const { n: atOnce } = await successors.executeTakeFirstOrThrow();
  const { n: anHour } = await successors.where("enrolled_at", ">", at - hour).executeTakeFirstOrThrow();
  return atOnce >= bounds.atOnce || anHour >= bounds.anHour;
}

/** Whose key somebody replaces is in doubt; a former one has been, and the newcomer comes late. */
async function doubt(
  transaction: Kysely<Schema>,
  newcomer: { readonly ordinal: number; readonly device: number },
  succeeds: number,
  at: number,
): Promise<void> {
  const former = await formerInstallation(transaction, succeeds);
  if (!former) return beginDoubt(transaction, succeeds, at);
  const still = await comeLate(transaction, former, newcomer.device, at);
  await transaction
    .updateTable("installations")
    .set({ succeeds: still })
    .where("ordinal", "=", newcomer.ordinal)
    .execute();
}
