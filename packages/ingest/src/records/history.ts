/**
 * The history of a section in the store: what it was before each change. Rows lean on the next newer version, so a
 * row may only be left out together with those that lean on it.
 */
import { compress, digestOfBytes, type Status } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { day } from "../milliseconds.ts";
import { compiledOnce } from "../store/compiled-once.ts";
import type { Schema } from "../store/schema.ts";
import { inScope } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";
import type { OpenRecord } from "./open-record.ts";
import { type StoredSection, storedSection } from "./sections.ts";
import { isFrame, readableDocument } from "./stored-document.ts";
import { type PackedVersion, unpackVersion } from "./versions.ts";

/** After so many rows that lean on each other one stands by itself. */
const mostLeaning = 31;

export interface HistoryLimits {
  readonly versionsPerDay: number;
  /** What is stored of an installation; over it nothing is added to its history. */
  readonly storedBytes: number;
}

interface Keeping {
  readonly installation: number;
  readonly name: string;
  readonly at: number;
  /** Made of the version that is superseded, before the transaction; another one if that has changed meanwhile. */
  readonly packed: PackedVersion | null;
  readonly limits: HistoryLimits;
}

/** Keeps the version of a section that the record has, which is about to be superseded; or coalesces it with the next one. */
export async function keepVersion(
  database: Kysely<Schema>,
  record: OpenRecord,
  keeping: Keeping,
): Promise<void> {
  const { installation, name, at, packed, limits } = keeping;
  const stored = await record.section(name);
  if (!stored?.body || stored.digest === null) return;
  const today = await versionsSince(database, keeping, at - day);
  if (
    today >= limits.versionsPerDay ||
    (await storedBytes(database, record, installation)) >= limits.storedBytes
  )
    return dropLeaning(database, keeping);
  // The last one of a day stands by itself: those that follow it are coalesced, and it cannot lean on them.
  const mayLean = today + 1 < limits.versionsPerDay && (await leaning(database, keeping)) < mostLeaning;
  const delta = mayLean && packed?.digest === stored.digest ? packed.body : null;
  const { schema, status, digest, since } = stored;
  const body = delta ?? wholeBody(stored);
  if (!body) return dropLeaning(database, keeping);
  await database
    .insertInto("section_history")
    .values({ installation, name, at, since, schema, status, digest, whole: delta ? 0 : 1, body })
    .execute();
}

/** zstd of the whole document; null for one that cannot be read any more. */
export function wholeBody(stored: StoredSection): Uint8Array | null {
  if (stored.lists === null && stored.body && isFrame(stored.body)) return stored.body;
  const document = readableDocument(stored);
  return document ? compress(document) : null;
}

type Which = Pick<Keeping, "installation" | "name">;

async function versionsSince(
  database: Kysely<Schema>,
  { installation, name }: Which,
  since: number,
): Promise<number> {
  const { count } = await database
    .selectFrom("section_history")
    .select((expression) => expression.fn.countAll<number>().as("count"))
    .where("installation", "=", installation)
    .where("name", "=", name)
    .where("at", ">", since)
    .executeTakeFirstOrThrow();
  return count;
}

/** Sections of an installation that have as many versions since then as a day may keep: later ones are coalesced. */
export const flappingSections = defineRead({
  name: "flapping-sections",
  isPoint: true,
  async run(
    database,
    scope,
    { ordinal, since, versions }: { ordinal: number; since: number; versions: number },
  ): Promise<string[]> {
    const rows = await database
      .selectFrom("section_history as h")
      .innerJoin("installations", "installations.ordinal", "h.installation")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select("h.name")
      .where("h.installation", "=", ordinal)
      .where("h.at", ">", since)
      .where((builder) => inScope(builder, scope))
      .groupBy("h.name")
      .having((expression) => expression.fn.countAll(), ">=", versions)
      .execute();
    return rows.map(({ name }) => name);
  },
});

/** Rows since the last one that stands by itself. */
async function leaning(database: Kysely<Schema>, { installation, name }: Which): Promise<number> {
  const rows = await database
    .selectFrom("section_history")
    .select("whole")
    .where("installation", "=", installation)
    .where("name", "=", name)
    .orderBy("id", "desc")
    .limit(mostLeaning)
    .execute();
  const whole = rows.findIndex((row) => row.whole === 1);
  return whole < 0 ? rows.length : whole;
}

const historyBytes = compiledOnce<{ readonly installation: number }, { sum: number | null }>(
  (database, given) =>
    database
      .selectFrom("section_history")
      .select((expression) => expression.fn.sum<number | null>(expression.fn("length", ["body"])).as("sum"))
      .where("installation", "=", given("installation")),
);

/** Everything that is stored of an installation's documents, bytes. */
export async function storedBytes(
  database: Kysely<Schema>,
  record: OpenRecord,
  installation: number,
): Promise<number> {
  const [row] = await historyBytes(database, { installation });
  return record.bytes + (row?.sum ?? 0);
}

/** Removes all versions of these sections. The names of those that had some. */
export async function forgetVersions(
  database: Kysely<Schema>,
  installation: number,
  sections: readonly string[],
): Promise<string[]> {
  const rows = await database
    .selectFrom("section_history")
    .select("name")
    .distinct()
    .where("installation", "=", installation)
    .where("name", "in", sections)
    .execute();
  const names = rows.map(({ name }) => name);
  if (names.length > 0)
    await database
      .deleteFrom("section_history")
      .where("installation", "=", installation)
      .where("name", "in", names)
      .execute();
  return names;
}

/** What leans on a version that is not kept cannot be read without it. */
async function dropLeaning(database: Kysely<Schema>, { installation, name }: Which): Promise<void> {
  const whole = await database
    .selectFrom("section_history")
    .select("id")
    .where("installation", "=", installation)
    .where("name", "=", name)
    .where("whole", "=", 1)
    .orderBy("id", "desc")
    .executeTakeFirst();
  await database
    .deleteFrom("section_history")
    .where("installation", "=", installation)
    .where("name", "=", name)
    .where("id", ">", whole?.id ?? 0)
    .execute();
}

export interface StoredVersion {
  readonly name: string;
  readonly since: number;
  readonly at: number;
  readonly schema: number;
  readonly status: Status;
  readonly digest: string;
  /** 1: the body stands by itself; 0: it is read with the next newer document as dictionary. */
  readonly whole: number;
  readonly body: Uint8Array;
}

/** Every superseded version of an installation's sections as it is stored, the latest first. */
export function storedVersions(database: Kysely<Schema>, installation: number): Promise<StoredVersion[]> {
  return database
    .selectFrom("section_history")
    .select(["name", "since", "at", "schema", "status", "digest", "whole", "body"])
    .where("installation", "=", installation)
    .orderBy("id", "desc")
    .execute();
}

export interface Version {
  /** When it became what it was, and when it was superseded; milliseconds since 1970. */
  readonly since: number;
  readonly at: number;
  readonly schema: number;
  readonly status: string;
  readonly digest: string;
  /** Canonical form. */
  readonly document: Uint8Array;
}

/** Every kept version of a section, the latest first, each rebuilt to its digest. */
export const documentHistory = defineRead({
  name: "document-history",
  async run(
    database,
    scope,
    { installation, section }: { readonly installation: number; readonly section: string },
  ): Promise<Version[]> {
    const rows = await database
      .selectFrom("section_history as h")
      .innerJoin("installations", "installations.ordinal", "h.installation")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select(["h.at", "h.since", "h.schema", "h.status", "h.digest", "h.whole", "h.body"])
      .where("h.installation", "=", installation)
      .where("h.name", "=", section)
      .where((builder) => inScope(builder, scope))
      .orderBy("h.id", "desc")
      .execute();
    const current = await storedSection(database, installation, section);
    let newer: Uint8Array | undefined = (current && readableDocument(current)) ?? undefined;
    return rows.map(({ whole, body, ...version }) => {
      newer = unpackVersion(body, whole === 1 ? undefined : newer);
      if (digestOfBytes(newer) !== version.digest)
        throw new Error(`a stored version of section ${section} does not have its digest`);
      return { ...version, document: newer };
    });
  },
});
