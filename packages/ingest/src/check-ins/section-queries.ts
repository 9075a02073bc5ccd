/** Sections in the store, with everything that is derived from them: readings, columns of the list. */
import { type Digest, documentAfter, fold, type StoredConsent, stateDigest } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { endOvertaken } from "../privacy/corrections.ts";
import { forgetRowsOfSections } from "../privacy/forget.ts";
import { forgetChanges } from "../records/change-rows.ts";
import { type HistoryLimits, keepVersion, storedBytes } from "../records/history.ts";
import { type OpenRecord, openRecord } from "../records/open-record.ts";
import type { SectionState } from "../records/record-codec.ts";
import { releaseItems } from "../records/released-items.ts";
import { isReadable, storedSections } from "../records/sections.ts";
import { listsOf } from "../records/stored-document.ts";
import { noteTitles } from "../records/title-times.ts";
import { compiledOnce } from "../store/compiled-once.ts";
import { readSummary, storedConsent } from "../store/device-columns.ts";
import type { Schema } from "../store/schema.ts";
import { defineRead, defineWrite } from "../store/store.ts";
import type { AcknowledgedSection } from "./acknowledged.ts";
import { callerColumns, installationGone, refuseRevoked } from "./installation-gone.ts";
import type { AcceptedSection } from "./judge-sections.ts";
import { type StoredState, stateAfter, statesOf } from "./section-states.ts";
import { TermQuota } from "./term-quota-queries.ts";

export interface Whose {
  readonly ordinal: number;
  readonly device: number;
}

/** The installation's sections, or those of these names that there are, by name. */
export const acknowledgedSections = defineRead({
  name: "acknowledged-sections",
  isPoint: true,
  async run(
    database,
    scope,
    { ordinal, names }: { readonly ordinal: number; readonly names: readonly string[] | undefined },
  ): Promise<AcknowledgedSection[]> {
    if (!(await isReadable(database, scope, ordinal))) return [];
    return storedSections(database, ordinal, names);
  },
});

export interface SectionsInput {
  readonly ordinal: number;
  readonly counter: number;
  readonly consentNumber: number;
  readonly base: Digest | null;
  readonly accepted: readonly AcceptedSection[];
  /** Sections that were sent and refused: they keep what they had. */
  readonly refused: readonly string[];
  readonly quotas: Quotas;
  readonly at: number;
}

/** Submitted sections with the device that they are of, as it is inside the transaction. */
type Applying = SectionsInput & Whose & { readonly record: OpenRecord };

/** What one installation may take of the store. */
export interface Quotas extends HistoryLimits {
  readonly newTermsPerDay: number;
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
  async run(transaction, said: SectionsInput, { current }): Promise<SectionsOutcome> {
    const { ordinal, counter, consentNumber, base } = said;
    const row = await transaction
      .selectFrom("installations")
      .select(["counter", "consent_number", "state_digest", "grants", ...callerColumns])
      .where("ordinal", "=", ordinal)
      .executeTakeFirstOrThrow(installationGone);
    refuseRevoked(row);
    if (row.consent_number !== consentNumber) return { kind: "consent", stored: storedConsent(row) };
    const latest = current.later({ ordinal, counter: row.counter }) ?? row;
    if (latest.counter !== counter) return { kind: "counter" };
    if (base !== null && base !== row.state_digest) return { kind: "base" };
    const record = await openRecord(transaction, ordinal);
    const input = { ...said, device: row.device, record };
    const before = record.states();
    const sections = await applySections(transaction, input, before);
    if (base === null) await removeUnnamed(transaction, input, before);
    await record.write();
    return { kind: "stored", sections, stateDigest: await updateStateDigest(transaction, ordinal, record) };
  },
});

async function applySections(
  database: Kysely<Schema>,
  input: Applying,
  before: ReadonlyMap<string, SectionState>,
) {
  const result: Record<string, [StoredState["status"], Digest | null]> = {};
  const columns = new Map<string, Readonly<Record<string, unknown>>>();
  let beside: Beside | undefined;
  for (const section of input.accepted) {
    const { name } = section;
    const [was, is] = [before.get(name), stateAfter(before.get(name), section)];
    result[name] = [is.status, is.digest];
    if (was?.status === is.status && was.digest === is.digest) {
      // The same by a newer definition: dictionaries name the schema that was acknowledged last.
      if (was.schema !== section.schema) input.record.describe(name, { schema: section.schema });
      continue;
    }
    if (was && was.digest !== is.digest) await keepSuperseded(database, input, section);
    await storeSection(input, section, is, was?.isIndexed ?? true);
    if (documentAfter(is.status) === "removed") await removeReadings(database, input.ordinal, [name]);
    if (was?.digest === is.digest) continue;
    beside ??= await besideSections(database, input);
    const isFound = await indexSection(database, input, section, was, beside.quota);
    if (isFound) await noteChangedTitles(database, input, section, was);
    const { body, packed } = section.document ?? { body: null, packed: null };
    if (beside.corrected.has(name))
      await endOvertaken(database, input.ordinal, {
        name,
        digest: is.digest,
        body,
        lists: listsOf({ packed }),
      });
    if (documentAfter(is.status) === "replaced" && beside.read.has(name))
      await removeReadingsOfOthers(database, input.ordinal, section);
    columns.set(name, section.summary);
  }
  await beside?.quota.store(database);
  if (columns.size > 0) await updateSummary(database, input.device, columns);
  return result;
}

/** What there is beside an installation's sections: most have none of it, and are not asked for it one by one. */
interface Beside {
  readonly quota: TermQuota;
  /** Names of the sections that have corrections, and of those that have readings of their items. */
  readonly corrected: ReadonlySet<string>;
  readonly read: ReadonlySet<string>;
}

type Own = { readonly installation: number };

const withCorrections = compiledOnce<Own, { section: string }>((database, given) =>
  database
    .selectFrom("corrections")
    .select("section")
    .distinct()
    .where("installation", "=", given("installation")),
);

const withItemReadings = compiledOnce<Own, { section: string }>((database, given) =>
  database
    .selectFrom("readings")
    .select("section")
    .distinct()
    .where("installation", "=", given("installation"))
    .where("item", "!=", ""),
);

async function besideSections(database: Kysely<Schema>, { ordinal, at }: Applying): Promise<Beside> {
  const own = { installation: ordinal };
  const [quota, corrected, read] = await Promise.all([
    TermQuota.of(database, ordinal, at),
    withCorrections(database, own),
    withItemReadings(database, own),
  ]);
  return { quota, corrected: namesIn(corrected), read: namesIn(read) };
}

const namesIn = (rows: readonly { readonly section: string }[]): ReadonlySet<string> =>
  new Set(rows.map(({ section }) => section));

function keepSuperseded(
  database: Kysely<Schema>,
  { ordinal: installation, at, quotas: limits, record }: Applying,
  { name, superseded: packed }: AcceptedSection,
): Promise<void> {
  return keepVersion(database, record, { installation, name, at, packed, limits });
}

/**
 * Whether all of a section may be found. One that adds more than the installation may is stored all the same, and found no more; so is one that flaps.
 * When it changes on another day it is found again.
 */
async function indexSection(
  database: Kysely<Schema>,
  { ordinal, quotas, record }: Applying,
  { name, terms, isIndexed, superseded }: AcceptedSection,
  was: SectionState | undefined,
  quota: TermQuota,
): Promise<boolean> {
  const wasFound = was?.isIndexed ?? true;
  const isKnown = superseded !== null && superseded.digest === was?.digest;
  const added = wasFound && isKnown ? superseded.newTerms : terms;
  const isOver = (await storedBytes(database, record, ordinal)) > quotas.storedBytes;
  const room = isOver ? 0 : quota.roomFor(name, wasFound, quotas.newTermsPerDay);
  quota.count(name, Math.min(added, room));
  const isFound = isIndexed && added <= room;
  record.describe(name, { isIndexed: isFound });
  return isFound;
}

/** Where what was superseded was not found, or is not known, everything that is there now was brought. */
async function noteChangedTitles(
  database: Kysely<Schema>,
  { ordinal, at }: Applying,
  { name, titles, superseded }: AcceptedSection,
  was: SectionState | undefined,
): Promise<void> {
  const isKnown = was?.isIndexed && superseded?.digest === was.digest;
  const { brought, lost } = (isKnown ? superseded?.titles : undefined) ?? {
    brought: titles,
    lost: new Float64Array(),
  };
  if (brought.length + lost.length === 0) return;
  await noteTitles(database, { installation: ordinal, section: name, brought, lost, at });
}

function storeSection(
  { record, at }: Applying,
  { name, schema, document }: AcceptedSection,
  { status, digest }: StoredState,
  wasIndexed: boolean,
): Promise<void> {
  const state = { name, schema, status, digest, since: at, isIndexed: wasIndexed };
  const keepsDocument = digest !== null && document === null;
  return record.put(state, keepsDocument ? undefined : document);
}

async function removeUnnamed(
  database: Kysely<Schema>,
  input: Applying,
  before: ReadonlyMap<string, StoredState>,
): Promise<void> {
  const named = new Set([...input.accepted.map(({ name }) => name), ...input.refused]);
  await forgetSections(
    database,
    input,
    [...before.keys()].filter((name) => !named.has(name)),
    input.record,
  );
}

/** Removes everything that came from these sections: documents, readings, columns of the list. */
export async function forgetSections(
  database: Kysely<Schema>,
  { ordinal, device }: Whose,
  names: readonly string[],
  record: OpenRecord,
): Promise<void> {
  if (names.length === 0) return;
  await releaseItems(database, ordinal, names);
  record.remove(names);
  await forgetChanges(database, ordinal, names);
  await forgetRowsOfSections(database, ordinal, names);
  await updateSummary(database, device, new Map(names.map((name) => [name, {}])));
}

async function removeReadings(
  database: Kysely<Schema>,
  ordinal: number,
  sections: readonly string[],
): Promise<void> {
  await database
    .deleteFrom("readings")
    .where("installation", "=", ordinal)
    .where("section", "in", sections)
    .execute();
}

const itemsWithReadings = compiledOnce<
  { readonly installation: number; readonly section: string },
  { item: string }
>((database, given) =>
  database
    .selectFrom("readings")
    .select("item")
    .distinct()
    .where("installation", "=", given("installation"))
    .where("section", "=", given("section"))
    .where("item", "!=", ""),
);

/** Of an item that the document no longer names nothing stays, not even its name. */
async function removeReadingsOfOthers(
  database: Kysely<Schema>,
  ordinal: number,
  { name, items }: AcceptedSection,
): Promise<void> {
  const rows = await itemsWithReadings(database, { installation: ordinal, section: name });
  const named = new Set(items);
  for (const { item } of rows.filter((row) => !named.has(row.item)))
    await database
      .deleteFrom("readings")
      .where("installation", "=", ordinal)
      .where("section", "=", name)
      .where("item", "=", item)
      .execute();
}

export async function updateStateDigest(
  database: Kysely<Schema>,
  ordinal: number,
  record: OpenRecord,
): Promise<Digest> {
  const digest = stateDigest(statesOf(record.states()));
  await database
    .updateTable("installations")
    .set({ state_digest: digest })
    .where("ordinal", "=", ordinal)
    .execute();
  return digest;
}

async function updateSummary(
  database: Kysely<Schema>,
  device: number,
  changed: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Promise<void> {
  const { summary: text } = await database
    .selectFrom("devices")
    .select("summary")
    .where("ordinal", "=", device)
    .executeTakeFirstOrThrow(installationGone);
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
    .set({ summary: next, sort_name: sortName(hostname ?? "") })
    .where("ordinal", "=", device)
    .execute();
}

/** UTF-16 code units that a device list is sorted by. */
const longestSortName = 256;

/** The host name as it is sorted by. Folding can make a name eighteen times as long, and cursors carry it. */
const sortName = (hostname: string): string => fold(hostname).slice(0, longestSortName).toWellFormed();
