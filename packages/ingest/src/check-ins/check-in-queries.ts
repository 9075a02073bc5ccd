/** Check-ins in the store: decided inside the transaction, on the row as it is then. */
import {
  type Application,
  type CheckInAnswer,
  checkInAnswer,
  type Digest,
  type Grant,
  type StoredConsent,
} from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { beginDoubt } from "../copies/doubt.ts";
import { settleDoubtOf } from "../copies/settle.ts";
import { unknownApplications } from "../enrolment/rules.ts";
import { isLocated } from "../location/granted.ts";
import type { Accepted } from "../services.ts";
import { jsonColumn } from "../store/columns.ts";
import { compiledOnce } from "../store/compiled-once.ts";
import { storedConsent } from "../store/device-columns.ts";
import { grantsIn } from "../store/grant-columns.ts";
import { markText, plainAnswer, type QuickCheckIn } from "../store/quick-check-in.ts";
import type { Schema } from "../store/schema.ts";
import { defineWrite } from "../store/store.ts";
import { judgeCounter, type KnownCounter } from "./counter.ts";
import { callerColumns, installationGone, refuseRevoked } from "./installation-gone.ts";

/** One value of a reading; `item` is the natural key of a list's item, empty for the section's own. */
export interface ReadingValue {
  readonly section: string;
  readonly item: string;
  readonly field: string;
  readonly value: number;
}

export interface CheckInInput {
  readonly ordinal: number;
  readonly counter: number;
  /** The largest step of the counter that is still believed. */
  readonly counterJump: number;
  readonly nonce: string;
  readonly stateDigest: Digest;
  readonly consentNumber: number;
  readonly applications: readonly Application[];
  readonly readings: readonly ReadingValue[];
  /** The answer but for what the stored state decides. */
  readonly answer: Pick<CheckInAnswer, "intervalSeconds">;
  /** Of the policy in force, told to a device whose consent names another. */
  readonly policy: { readonly version: number; readonly digest: Digest };
  /** What this server takes, told to a device that was last told something else. */
  readonly accepts: Accepted;
  readonly at: number;
  /** How long a doubt is left open; milliseconds. */
  readonly patience: number;
}

export type CheckInOutcome =
  | {
      readonly kind: "answered";
      readonly answer: CheckInAnswer;
      /** The country known of a device whose place may be; absent where it may not, and for a repeat. */
      readonly country?: string | null;
    }
  /** `copy`: the installation is in doubt from now on. */
  | { readonly kind: "copy" | "late" | "jump" }
  | { readonly kind: "consent-changed"; readonly stored: StoredConsent };

interface CallerRow {
  readonly counter: number;
  readonly check_in_nonce: string | null;
  readonly check_in_at: number | null;
  readonly check_in_answer: string | null;
  readonly state_digest: string;
  readonly accepts_digest: string;
  readonly consent_number: number;
  readonly grants: string;
  readonly applications: string;
  readonly succeeds: number | null;
  readonly moved: number;
  readonly device: number;
  readonly doubted_at: number | null;
  readonly session_hash: Uint8Array | null;
}

const callerRow = compiledOnce<{ ordinal: number }, CallerRow>((database, given) =>
  database
    .selectFrom("installations")
    .select([
      "counter",
      "check_in_nonce",
      "check_in_at",
      "check_in_answer",
      "state_digest",
      "accepts_digest",
      "consent_number",
      "grants",
      "applications",
      "succeeds",
      "moved",
      ...callerColumns,
    ])
    .where("ordinal", "=", given("ordinal")),
);

interface CheckedIn extends Pick<CheckInInput, "ordinal" | "counter" | "nonce" | "at"> {
  readonly answer: string;
  readonly acceptsDigest: string;
  readonly applications: string;
  readonly [name: string]: unknown;
}

const checkedIn = compiledOnce<CheckedIn, unknown>((database, given) =>
  database
    .updateTable("installations")
    .set({
      counter: given("counter"),
      check_in_nonce: given("nonce"),
      check_in_answer: given("answer"),
      check_in_at: given("at"),
      accepts_digest: given("acceptsDigest"),
      applications: given("applications"),
    })
    .where("ordinal", "=", given("ordinal")),
);

const seen = compiledOnce<{ device: number; at: number }, unknown>((database, given) =>
  database
    .updateTable("devices")
    .set({ last_seen_at: given("at") })
    .where("ordinal", "=", given("device")),
);

/** Records a check-in and makes its answer; a repeat gets the answer that was given. */
export const recordCheckIn = defineWrite({
  name: "record-check-in",
  async run(transaction, input: CheckInInput, { current }): Promise<CheckInOutcome> {
    const [row] = await callerRow(transaction, { ordinal: input.ordinal });
    if (!row) throw installationGone();
    refuseRevoked(row);
    const latest = latestOf(row, current.later({ ordinal: input.ordinal, counter: row.counter }));
    const { known } = latest;
    const judgement = judgeCounter(known, input, input.counterJump);
    if (judgement === "copy") await beginDoubt(transaction, input.ordinal, input.at);
    if (judgement === "copy" || judgement === "late" || judgement === "jump") return { kind: judgement };
    if (judgement === "repeat" && latest.answer !== null) {
      return {
        kind: "answered",
        answer: jsonColumn(checkInAnswer, latest.answer, "installations.check_in_answer"),
      };
    }
    if (input.consentNumber !== row.consent_number)
      return { kind: "consent-changed", stored: storedConsent(row) };
    const grants = grantsIn(row.grants, "installations.grants");
    const answer = await answerTo(transaction, input, { ...row, grants });
    await checkedIn(transaction, {
      ordinal: input.ordinal,
      counter: input.counter,
      nonce: input.nonce,
      answer: JSON.stringify(answer),
      at: input.at,
      acceptsDigest: answer.accepts ? input.accepts.digest : row.accepts_digest,
      applications: JSON.stringify(input.applications),
    });
    await seen(transaction, { device: row.device, at: input.at });
    if (input.readings.length > 0) await storeReadings(transaction, input);
    if (row.succeeds !== null) await settleDoubtOf(transaction, row.succeeds, input, current);
    return { kind: "answered", answer, ...(await countryKnown(transaction, input.ordinal, grants)) };
  },
});

/** The latest check-in, which may be one that wrote no row, with the answer that it got. */
function latestOf(
  row: CallerRow,
  later: QuickCheckIn | null,
): { readonly known: KnownCounter; readonly answer: string | null } {
  if (later) {
    const { counter, mark, at, intervalSeconds } = later;
    return {
      known: { counter, nonce: markText(mark), at },
      answer: JSON.stringify(plainAnswer(intervalSeconds)),
    };
  }
  const known = { counter: row.counter, nonce: row.check_in_nonce, at: row.check_in_at };
  return { known, answer: row.check_in_answer };
}

async function countryKnown(
  database: Kysely<Schema>,
  installation: number,
  grants: readonly Grant[],
): Promise<{ readonly country?: string | null }> {
  if (!isLocated(grants)) return {};
  const row = await database
    .selectFrom("countries")
    .select("country")
    .where("installation", "=", installation)
    .executeTakeFirst();
  return { country: row?.country ?? null };
}

async function answerTo(
  database: Kysely<Schema>,
  input: CheckInInput,
  row: { state_digest: string; accepts_digest: string; grants: Grant[]; moved: number; device: number },
): Promise<CheckInAnswer> {
  const statuses = await statusesOf(database, input.applications);
  const consented = row.grants.every(({ policyDigest }) => policyDigest === input.policy.digest);
  return {
    ...input.answer,
    wants: row.state_digest === input.stateDigest ? [] : ["*"],
    ...(statuses.length > 0 ? { applications: statuses } : {}),
    ...(consented ? {} : { policy: input.policy }),
    ...(row.moved === 1 ? { device: await deviceId(database, row.device) } : {}),
    ...(row.accepts_digest === input.accepts.digest ? {} : { accepts: { ...input.accepts.sections } }),
  };
}

async function deviceId(database: Kysely<Schema>, ordinal: number): Promise<string> {
  const devices = database.selectFrom("devices").select("id").where("ordinal", "=", ordinal);
  return (await devices.executeTakeFirstOrThrow()).id;
}

/** Only those that are not `ok`, as the answer names them. */
async function statusesOf(
  database: Kysely<Schema>,
  applications: readonly Application[],
): Promise<{ number: string; status: "unknown" }[]> {
  const numbers = applications.map(({ number }) => number);
  const unknown = await unknownApplications(database, numbers);
  return unknown.map((number) => ({ number, status: "unknown" }));
}

/** As many as the largest lists have items, twice; a device that names more keeps the latest. */
const mostReadings = 8_192;

async function storeReadings(
  database: Kysely<Schema>,
  { ordinal, readings, at }: CheckInInput,
): Promise<void> {
  await database
    .insertInto("readings")
    .values(readings.map((reading) => ({ installation: ordinal, ...reading, at })))
    .onConflict((conflict) =>
      conflict.columns(["installation", "section", "item", "field"]).doUpdateSet((expression) => ({
        value: expression.ref("excluded.value"),
        at: expression.ref("excluded.at"),
      })),
    )
    .execute();
  await database
    .deleteFrom("readings")
    .where("installation", "=", ordinal)
    .where("at", "<=", (builder) =>
      builder
        .selectFrom("readings as beyond")
        .select("beyond.at")
        .where("beyond.installation", "=", ordinal)
        .orderBy("beyond.at", "desc")
        .limit(1)
        .offset(mostReadings),
    )
    .where("at", "<", at)
    .execute();
}
