/** Devices as the inventory shows them, read within the caller's scope. */
import {
  type Correction,
  type DataRequest,
  type Grant,
  type Ownership,
  parseJson,
  type Status,
} from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { consentHistoryOf, type KeptConsentChange } from "../check-ins/consent-history.ts";
import type { Note } from "../copies/note.ts";
import { notesOn, possibleDuplicatesOf } from "../copies/notes.ts";
import type { Place } from "../location/location-view.ts";
import { correctionsIn } from "../privacy/corrections.ts";
import { requestsIn } from "../privacy/data-requests.ts";
import { isRecordDamaged } from "../records/record-rows.ts";
import { type StoredSection, storedSections } from "../records/sections.ts";
import { readableDocument } from "../records/stored-document.ts";
import type { ReadContext } from "../store/contexts.ts";
import type { CurrentReader } from "../store/current-values.ts";
import { applicationsColumn, readSummary, type Summary } from "../store/device-columns.ts";
import { grantsIn } from "../store/grant-columns.ts";
import type { Schema } from "../store/schema.ts";
import { inScope, type Scope } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";

export interface DeviceRow {
  readonly ordinal: number;
  readonly id: string;
  readonly group: string;
  readonly ownership: Ownership;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly retiredAt: number | null;
  readonly summary: Summary;
  readonly applications: ReturnType<typeof applicationsColumn>;
  readonly inDoubt: boolean;
  /** ISO 3166 code. */
  readonly country: string | null;
}

/** Rows of devices in scope; who is not in scope does not exist. */
function devicesInScope(database: Kysely<Schema>, scope: Scope) {
  return database
    .selectFrom("devices")
    .innerJoin("installations", "installations.device", "devices.ordinal")
    .leftJoin("countries", "countries.installation", "installations.ordinal")
    .select([
      "devices.ordinal",
      "devices.id",
      "devices.group_name",
      "devices.ownership",
      "devices.first_seen_at",
      "devices.last_seen_at",
      "installations.ordinal as installation",
      "installations.counter",
      "devices.retired_at",
      "devices.summary",
      "installations.applications",
      "installations.doubted_at",
      "countries.country",
    ])
    .where((builder) => inScope(builder, scope));
}

type Raw = Awaited<ReturnType<ReturnType<typeof devicesInScope>["executeTakeFirstOrThrow"]>>;

const deviceRow = (row: Raw, current: CurrentReader): DeviceRow => ({
  ordinal: row.ordinal,
  id: row.id,
  group: row.group_name,
  ownership: row.ownership,
  firstSeenAt: row.first_seen_at,
  lastSeenAt: current.laterAt(row.installation, row.counter) ?? row.last_seen_at,
  retiredAt: row.retired_at,
  summary: readSummary(row.summary),
  applications: applicationsColumn(row.applications),
  inDoubt: row.doubted_at !== null,
  country: row.country,
});

/** The devices of a page, in the order of their ordinals as given. */
export async function rowsByOrdinal(
  database: Kysely<Schema>,
  scope: Scope,
  ordinals: readonly number[],
  { current }: ReadContext,
): Promise<readonly DeviceRow[]> {
  if (ordinals.length === 0) return [];
  const rows = await devicesInScope(database, scope)
    .where("devices.ordinal", "in", [...ordinals])
    .execute();
  const byOrdinal = new Map(rows.map((row) => [row.ordinal, deviceRow(row, current)]));
  return ordinals.flatMap((ordinal) => byOrdinal.get(ordinal) ?? []);
}

export const devicesByOrdinal = defineRead({ name: "devices-by-ordinal", run: rowsByOrdinal });

/** Ordinals of devices with this id or, when it is unique enough to be typed, a beginning of it; at most `most`. */
export const devicesByIdPrefix = defineRead({
  name: "devices-by-id-prefix",
  async run(database, scope, { prefix, most }: { prefix: string; most: number }): Promise<readonly number[]> {
    const rows = await devicesInScope(database, scope)
      .where("devices.id", ">=", prefix)
      .where("devices.id", "<", `${prefix}\u{7f}`)
      .orderBy("devices.id")
      .limit(most)
      .execute();
    return rows.map(({ ordinal }) => ordinal);
  },
});

export interface SectionRow {
  readonly name: string;
  readonly status: Status;
  readonly digest: string | null;
  readonly since: number;
  /** The parsed document, undefined where there is none. */
  readonly document: unknown;
  /** The store has it, and cannot read it any more. */
  readonly isDamaged: boolean;
}

export interface ReadingRow {
  readonly section: string;
  /** Natural key of the list item, empty for the section's own. */
  readonly item: string;
  readonly field: string;
  readonly value: number;
  readonly at: number;
}

/**
 * `not-indexed`: it has more than it may add to the index, so that searches do not find all of it; `damaged`: what it
 * told cannot be read any more, until it tells it again.
 */
export type DeviceFlag = "not-indexed" | "damaged";

export interface DeviceDetail extends DeviceRow {
  readonly sections: readonly SectionRow[];
  /** What whoever looks has to know of how it is stored. */
  readonly flags: readonly DeviceFlag[];
  readonly countrySince: number | null;
  /** Where the organisation says that it stands. */
  readonly place: Place | null;
  readonly readings: readonly ReadingRow[];
  readonly corrections: readonly Correction[];
  readonly requests: readonly DataRequest[];
  readonly notes: readonly Note[];
  /** Ids of devices that may be the same one. */
  readonly possibleDuplicates: readonly string[];
  readonly consent: { readonly consentNumber: number; readonly grants: readonly Grant[] };
  /** The latest first. */
  readonly consentHistory: readonly KeptConsentChange[];
}

async function flagsOf(
  database: Kysely<Schema>,
  installation: number,
  sections: readonly StoredSection[],
): Promise<DeviceFlag[]> {
  if (sections.some(({ isIndexed }) => !isIndexed)) return ["not-indexed"];
  return sections.length === 0 && (await isRecordDamaged(database, installation)) ? ["damaged"] : [];
}

/** One device with everything that is stored of it, or null when there is none in scope. */
export const deviceDetail = defineRead({
  name: "device-detail",
  async run(database, scope, id: string, { current }): Promise<DeviceDetail | null> {
    const row = await devicesInScope(database, scope)
      .select(["installations.consent_number", "installations.grants", "countries.since"])
      .where("devices.id", "=", id)
      .executeTakeFirst();
    if (!row) return null;
    const sections = await storedSections(database, row.installation);
    const readings = await database
      .selectFrom("readings")
      .select(["section", "item", "field", "value", "at"])
      .where("installation", "=", row.installation)
      .orderBy("section")
      .limit(10_000)
      .execute();
    const place = await database
      .selectFrom("places")
      .select(["latitude", "longitude", "by", "at"])
      .where("device", "=", row.ordinal)
      .executeTakeFirst();
    return {
      ...deviceRow(row, current),
      countrySince: row.since,
      place: place ?? null,
      corrections: await correctionsIn(database, row.installation),
      requests: await requestsIn(database, row.ordinal),
      sections: sections.map(sectionRow),
      flags: await flagsOf(database, row.installation, sections),
      readings,
      notes: await notesOn(database, scope, row.ordinal, current),
      possibleDuplicates: await possibleDuplicatesOf(database, scope, {
        device: row.ordinal,
        installation: row.installation,
      }),
      consentHistory: await consentHistoryOf(database, row.installation),
      consent: {
        consentNumber: row.consent_number,
        grants: grantsIn(row.grants, "installations.grants"),
      },
    };
  },
});

/** What the disk holds and nobody can read any more is missing from this section alone. */
function sectionRow(section: StoredSection): SectionRow {
  const { name, status, digest, since } = section;
  const bytes = readableDocument(section);
  const document = bytes ? parseJson(bytes) : undefined;
  return { name, status, digest, since, document, isDamaged: bytes === undefined };
}
