/** Check-ins, consent and sections in the store. Each write decides inside its transaction, on the row as it is then. */
import {
  type Application,
  agentApplication,
  allSections,
  applicationsSchema,
  type CheckedSection,
  type CheckInAnswer,
  type ConsentReceipt,
  checkInAnswer,
  consentReceipt,
  type Digest,
  fold,
  type Grant,
  grantsSchema,
  isGranted,
  type Ownership,
  ownerships,
  type SearchValue,
  type StoredConsent,
  stateDigest,
} from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { z } from "zod";
import { knownApplications } from "../enrolment/queries.ts";
import { jsonColumn } from "../store/columns.ts";
import type { Schema } from "../store/schema.ts";
import { removeSearchValues, replaceSearchValues } from "../store/search-values.ts";
import { defineRead, defineWrite } from "../store/store.ts";
import { judgeCounter } from "./counter.ts";
import { type StoredState, stateAfter, statesOf } from "./section-states.ts";

const ownershipSchema = z.enum(ownerships);

/** The consent that a device's requests are judged by. */
export const consentOf = defineRead({
  name: "consent-of",
  async run(database, _scope, ordinal: number): Promise<StoredConsent & { ownership: Ownership }> {
    const row = await database
      .selectFrom("installations")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select(["consent_number", "grants", "ownership"])
      .where("installations.ordinal", "=", ordinal)
      .executeTakeFirstOrThrow();
    return { ...storedConsent(row), ownership: ownershipSchema.parse(row.ownership) };
  },
});

const storedConsent = (row: { consent_number: number; grants: string }): StoredConsent => ({
  consentNumber: row.consent_number,
  grants: jsonColumn(grantsSchema, row.grants, "installations.grants"),
});

/** One value of a reading; `item` is the natural key of a list's item, empty for the section's own. */
export interface ReadingValue {
  readonly section: string;
  readonly item: string;
  readonly field: string;
  readonly value: number;
}

export interface CheckInInput {
  readonly ordinal: number;
  readonly device: number;
  readonly counter: number;
  readonly nonce: string;
  readonly stateDigest: Digest;
  readonly consentNumber: number;
  readonly applications: readonly Application[];
  readonly readings: readonly ReadingValue[];
  /** The answer but for what the stored state decides. */
  readonly answer: Pick<CheckInAnswer, "intervalSeconds">;
  /** Of the policy in force, told to a device whose consent names another. */
  readonly policy: { readonly version: number; readonly digest: Digest };
  readonly at: number;
}

export type CheckInOutcome =
  | { readonly kind: "answered"; readonly answer: CheckInAnswer }
  | { readonly kind: "other" | "jump" }
  | { readonly kind: "consent-changed"; readonly stored: StoredConsent };

/** Records a check-in and makes its answer; a repeat gets the answer that was given. */
export const recordCheckIn = defineWrite({
  name: "record-check-in",
  async run(transaction, input: CheckInInput): Promise<CheckInOutcome> {
    const row = await transaction
      .selectFrom("installations")
      .select([
        "counter",
        "check_in_nonce",
        "check_in_answer",
        "state_digest",
        "consent_number",
        "grants",
        "applications",
      ])
      .where("ordinal", "=", input.ordinal)
      .executeTakeFirstOrThrow();
    const judgement = judgeCounter({ counter: row.counter, nonce: row.check_in_nonce }, input);
    if (judgement === "other" || judgement === "jump") return { kind: judgement };
    if (judgement === "repeat" && row.check_in_answer !== null) {
      return {
        kind: "answered",
        answer: jsonColumn(checkInAnswer, row.check_in_answer, "installations.check_in_answer"),
      };
    }
    if (input.consentNumber !== row.consent_number)
      return { kind: "consent-changed", stored: storedConsent(row) };
    const answer = await answerTo(transaction, input, row);
    const applications = JSON.stringify(input.applications);
    await transaction
      .updateTable("installations")
      .set({
        counter: input.counter,
        check_in_nonce: input.nonce,
        check_in_answer: JSON.stringify(answer),
        check_in_at: input.at,
        ...(applications === row.applications ? {} : { applications }),
      })
      .where("ordinal", "=", input.ordinal)
      .execute();
    await transaction
      .updateTable("devices")
      .set({ last_seen_at: input.at })
      .where("ordinal", "=", input.device)
      .execute();
    if (input.readings.length > 0) await storeReadings(transaction, input);
    return { kind: "answered", answer };
  },
});

async function answerTo(
  database: Kysely<Schema>,
  input: CheckInInput,
  row: { state_digest: string; grants: string },
): Promise<CheckInAnswer> {
  const statuses = await statusesOf(database, input.applications);
  const grants = jsonColumn(grantsSchema, row.grants, "installations.grants");
  const consented = grants.every(({ policyDigest }) => policyDigest === input.policy.digest);
  return {
    ...input.answer,
    wants: row.state_digest === input.stateDigest ? [] : ["*"],
    ...(statuses.length > 0 ? { applications: statuses } : {}),
    ...(consented ? {} : { policy: input.policy }),
  };
}

/** Only those that are not `ok`, as the answer names them. */
async function statusesOf(
  database: Kysely<Schema>,
  applications: readonly Application[],
): Promise<{ number: string; status: "unknown" }[]> {
  const others = applications.map(({ number }) => number).filter((number) => number !== agentApplication);
  if (others.length === 0) return [];
  const known = await knownApplications(database, others);
  return others.filter((number) => !known.has(number)).map((number) => ({ number, status: "unknown" }));
}

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
}

export interface ConsentInput {
  readonly ordinal: number;
  readonly device: number;
  readonly consentNumber: number;
  readonly grants: readonly Grant[];
  readonly receipt: ConsentReceipt;
}

export type ConsentOutcome =
  | { readonly kind: "stored"; readonly receipt: ConsentReceipt }
  | { readonly kind: "changed"; readonly stored: StoredConsent };

/** Stores a consent that is the next one, and removes in the same transaction what is no longer granted. */
export const storeConsent = defineWrite({
  name: "store-consent",
  async run(
    transaction,
    { ordinal, device, consentNumber, grants, receipt }: ConsentInput,
  ): Promise<ConsentOutcome> {
    const row = await transaction
      .selectFrom("installations")
      .select(["consent_number", "grants", "consent_receipt"])
      .where("ordinal", "=", ordinal)
      .executeTakeFirstOrThrow();
    const text = JSON.stringify(grants);
    if (row.consent_number === consentNumber && row.grants === text && row.consent_receipt !== null) {
      return {
        kind: "stored",
        receipt: jsonColumn(consentReceipt, row.consent_receipt, "installations.consent_receipt"),
      };
    }
    if (row.consent_number + 1 !== consentNumber) return { kind: "changed", stored: storedConsent(row) };
    const set = { consent_number: consentNumber, grants: text, consent_receipt: JSON.stringify(receipt) };
    await transaction.updateTable("installations").set(set).where("ordinal", "=", ordinal).execute();
    const withdrawn = allSections
      .filter((definition) => !isGranted(definition, grants))
      .map(({ name }) => name);
    await forgetSections(transaction, { ordinal, device }, withdrawn);
    await updateStateDigest(transaction, ordinal);
    return { kind: "stored", receipt };
  },
});

interface Whose {
  readonly ordinal: number;
  readonly device: number;
}

/** Removes everything that came from these sections: documents, readings, search values, columns of the list. */
async function forgetSections(
  database: Kysely<Schema>,
  { ordinal, device }: Whose,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  await database
    .deleteFrom("sections")
    .where("installation", "=", ordinal)
    .where("name", "in", names)
    .execute();
  await database
    .deleteFrom("readings")
    .where("installation", "=", ordinal)
    .where("section", "in", names)
    .execute();
  await removeSearchValues(database, ordinal, names);
  await updateSummary(database, device, new Map(names.map((name) => [name, {}])));
}

async function storedStates(database: Kysely<Schema>, ordinal: number): Promise<Map<string, StoredState>> {
  const rows = await database
    .selectFrom("sections")
    .select(["name", "status", "digest"])
    .where("installation", "=", ordinal)
    .execute();
  return new Map(rows.map(({ name, status, digest }) => [name, { status, digest }]));
}

async function updateStateDigest(database: Kysely<Schema>, ordinal: number): Promise<Digest> {
  const digest = stateDigest(statesOf(await storedStates(database, ordinal)));
  await database
    .updateTable("installations")
    .set({ state_digest: digest })
    .where("ordinal", "=", ordinal)
    .execute();
  return digest;
}

/** The columns of the device list by the section that fills them. */
const summarySchema = z.record(z.string(), z.record(z.string(), z.unknown()));
export type Summary = z.infer<typeof summarySchema>;
export const readSummary = (text: string): Summary => jsonColumn(summarySchema, text, "devices.summary");

async function updateSummary(
  database: Kysely<Schema>,
  device: number,
  changed: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Promise<void> {
  const { summary: text } = await database
    .selectFrom("devices")
    .select("summary")
    .where("ordinal", "=", device)
    .executeTakeFirstOrThrow();
  const summary = readSummary(text);
  for (const [section, columns] of changed) {
    if (Object.keys(columns).length > 0) summary[section] = columns;
    else delete summary[section];
  }
  const next = JSON.stringify(summary);
  if (next === text) return;
  const hostname = Object.values(summary).flatMap((columns) =>
    typeof columns.hostname === "string" ? [columns.hostname] : [],
  )[0];
  await database
    .updateTable("devices")
    .set({ summary: next, sort_name: fold(hostname ?? "") })
    .where("ordinal", "=", device)
    .execute();
}

/** A section that passed its check, ready to be stored. */
export interface AcceptedSection extends Pick<CheckedSection, "status" | "digest"> {
  readonly name: string;
  readonly schema: number;
  /** zstd of the canonical document. */
  readonly body: Uint8Array | null;
  readonly values: readonly SearchValue[];
  readonly summary: Readonly<Record<string, unknown>>;
}

export interface SectionsInput extends Whose {
  readonly counter: number;
  readonly consentNumber: number;
  readonly base: Digest | null;
  readonly accepted: readonly AcceptedSection[];
  /** Sections that were sent and refused: they keep what they had. */
  readonly refused: readonly string[];
  readonly at: number;
}

export type SectionsOutcome =
  | {
      readonly kind: "stored";
      readonly stateDigest: Digest;
      readonly sections: Readonly<Record<string, [StoredState["status"], Digest | null]>>;
    }
  | { readonly kind: "counter" | "base" }
  | { readonly kind: "consent"; readonly stored: StoredConsent };

/** Applies submitted sections in one transaction, only if counter, consent and base are the current ones. */
export const storeSections = defineWrite({
  name: "store-sections",
  async run(transaction, input: SectionsInput): Promise<SectionsOutcome> {
    const { ordinal, counter, consentNumber, base } = input;
    const row = await transaction
      .selectFrom("installations")
      .select(["counter", "consent_number", "state_digest", "grants"])
      .where("ordinal", "=", ordinal)
      .executeTakeFirstOrThrow();
    if (row.consent_number !== consentNumber) return { kind: "consent", stored: storedConsent(row) };
    if (row.counter !== counter) return { kind: "counter" };
    if (base !== null && base !== row.state_digest) return { kind: "base" };
    const before = await storedStates(transaction, ordinal);
    const sections = await applySections(transaction, input, before);
    if (base === null) await removeUnnamed(transaction, input, before);
    return { kind: "stored", sections, stateDigest: await updateStateDigest(transaction, ordinal) };
  },
});

async function applySections(
  database: Kysely<Schema>,
  input: SectionsInput,
  before: ReadonlyMap<string, StoredState>,
) {
  const result: Record<string, [StoredState["status"], Digest | null]> = {};
  const columns = new Map<string, Readonly<Record<string, unknown>>>();
  for (const section of input.accepted) {
    const { name } = section;
    const [was, is] = [before.get(name), stateAfter(before.get(name), section)];
    result[name] = [is.status, is.digest];
    if (was?.status === is.status && was.digest === is.digest) continue;
    await storeSection(database, input, section, is);
    if (was?.digest === is.digest) continue;
    await replaceSearchValues(database, input.ordinal, name, section.values);
    columns.set(name, section.summary);
  }
  if (columns.size > 0) await updateSummary(database, input.device, columns);
  return result;
}

async function storeSection(
  database: Kysely<Schema>,
  { ordinal, at }: SectionsInput,
  section: AcceptedSection,
  { status, digest }: StoredState,
): Promise<void> {
  const { name, schema, body } = section;
  const kept = digest !== null && body === null;
  await database
    .insertInto("sections")
    .values({ installation: ordinal, name, schema, status, digest, body, since: at })
    .onConflict((conflict) =>
      conflict
        .columns(["installation", "name"])
        .doUpdateSet({ schema, status, digest, since: at, ...(kept ? {} : { body }) }),
    )
    .execute();
}

async function removeUnnamed(
  database: Kysely<Schema>,
  input: SectionsInput,
  before: ReadonlyMap<string, StoredState>,
): Promise<void> {
  const named = new Set([...input.accepted.map(({ name }) => name), ...input.refused]);
  await forgetSections(
    database,
    input,
    [...before.keys()].filter((name) => !named.has(name)),
  );
}

export const applicationsColumn = (text: string) =>
  jsonColumn(applicationsSchema, text, "installations.applications");
