/**
 * Everything that holds something of a device: every table of the store, every file and every cache in memory, with
 * how it forgets a device and how long it keeps what it has. A table that is not declared does not compile; deletion
 * and retention go by this list and no other, and their statements are made from it.
 */
import type { Config } from "../config.ts";
import type { Schema } from "./schema.ts";

type ColumnOf<Row> = keyof Row & string;

/** Whose a row is: the columns that hold the ordinal of a device, or of an installation; any of them makes it theirs. */
type Forgets<Row> =
  /** Nothing in it belongs to a device. */
  | "holds nothing of a device"
  /** It names a device by its ordinal only, which is never used twice and tells nothing once the device is gone. */
  | "names ordinals only"
  /** It names what was deleted, by what only this server can recognise an id with: its use is to forget. */
  | "names only what is deleted"
  | { readonly device: readonly ColumnOf<Row>[] }
  | { readonly installation: readonly ColumnOf<Row>[] };

export interface TablePlace<Row> {
  readonly forgets: Forgets<Row>;
  /** The column that names the section that a row came from; it goes with that section, too. */
  readonly section?: ColumnOf<Row>;
  /** What ends a thing that stays in it. */
  readonly retention: Words | Age<Row>;
}

type Words = `until ${string}` | `as long as ${string}`;

/** Rows go when the column (milliseconds since 1970) is so many days old. */
interface Age<Row> {
  readonly since: ColumnOf<Row>;
  /** A number, the configuration key that says it, or the history of the category of the row's section. */
  readonly days: number | Extract<keyof Config, `retention.${string}.days`> | "of its section";
}

/** In the order in which a device is deleted: what refers to another row before that row. */
export const tables = {
  // Of a section nothing stays: `records/open-record.ts` and `records/change-rows.ts` take it out of their rows.
  records: { forgets: { installation: ["installation"] }, retention: "as long as the device is there" },
  // Each section that one names is left out of it with the history of its category.
  changes: { forgets: { installation: ["installation"] }, retention: { since: "since", days: 400 } },
  section_history: {
    forgets: { installation: ["installation"] },
    section: "name",
    retention: { since: "at", days: "of its section" },
  },
  // Nothing in one is a device's own. One that only a single device ever had could tell of it all the same.
  items: {
    forgets: { installation: ["owner"] },
    section: "section",
    retention: "until a sweep finds nobody who has it",
  },
  // One that a single device has had would tell of it; one that nobody has stays as long as its history could.
  titles: {
    forgets: { installation: ["owner"] },
    section: "section",
    retention: { since: "held_at", days: "of its section" },
  },
  // Values of several devices only.
  rollups: {
    forgets: "holds nothing of a device",
    retention: { since: "at", days: "retention.rollups.days" },
  },
  term_quotas: { forgets: { installation: ["installation"] }, retention: "as long as the device is there" },
  readings: {
    forgets: { installation: ["installation"] },
    section: "section",
    retention: { since: "at", days: "retention.readings.days" },
  },
  countries: {
    forgets: { installation: ["installation"] },
    section: "section",
    retention: "as long as the location is granted",
  },
  places: { forgets: { device: ["device"] }, retention: "as long as the device is there" },
  corrections: {
    forgets: { installation: ["installation"] },
    section: "section",
    retention: "until the corrected value changes",
  },
  data_requests: { forgets: { device: ["device"] }, retention: "as long as the device is there" },
  // The proof of a consent outlives it: what was collected under it is answered for as long as the device is there.
  consent_history: {
    forgets: { installation: ["installation"] },
    retention: "as long as the device is there",
  },
  own_exports: { forgets: { installation: ["installation"] }, retention: { since: "at", days: 1 } },
  device_notes: { forgets: { device: ["device", "about"] }, retention: "as long as the devices are there" },
  // Their end is that of the devices that they hide, which copies/merge.ts sees to.
  merges: {
    forgets: { device: ["device", "other"] },
    retention: "until it cannot be undone any more (30 days), unless what was merged still checks in",
  },
  former_installations: { forgets: { device: ["device"] }, retention: { since: "heard_at", days: 400 } },
  lookups: {
    forgets: { device: ["device"] },
    retention: { since: "last_at", days: "retention.audit.days" },
  },
  installations: { forgets: { device: ["device"] }, retention: "as long as the device is there" },
  devices: { forgets: { device: ["ordinal"] }, retention: "as long as the device is there" },
  section_names: { forgets: "holds nothing of a device", retention: "as long as the server" },
  dictionaries: { forgets: "holds nothing of a device", retention: "as long as the server" },
  released_items: {
    forgets: "holds nothing of a device",
    retention: "until a sweep has looked who has them, before a deletion is reported done in a small fleet",
  },
  enrolment_tokens: { forgets: "holds nothing of a device", retention: "as long as the server" },
  api_tokens: { forgets: "holds nothing of a device", retention: "as long as the server" },
  applications: { forgets: "holds nothing of a device", retention: "as long as the server" },
  audit: { forgets: "names ordinals only", retention: "until it is cut, after 400 days" },
  audit_joins: { forgets: "holds nothing of a device", retention: "until the next one" },
  audit_checkpoint: { forgets: "holds nothing of a device", retention: "until the next one" },
  deletions: { forgets: "names only what is deleted", retention: "until the next one" },
  log: { forgets: "names ordinals only", retention: "until everybody who follows it has read it" },
  check_in_log: {
    forgets: "names ordinals only",
    retention: "until current values are written back, at the latest before a deletion is reported done",
  },
  current_values: {
    forgets: "names ordinals only",
    retention: "until they are written back, at the latest before a deletion is reported done",
  },
  server: { forgets: "holds nothing of a device", retention: "as long as the server" },
} as const satisfies { readonly [Table in keyof Schema]: TablePlace<Schema[Table]> };

interface Place {
  readonly forgets: Extract<Forgets<never>, string> | "with the whole file" | `what it is told ${string}`;
  /** In words; the configuration has the numbers of those that can be changed. */
  readonly retention: string;
}

/** Files beside the database, and what is kept in memory. */
export const others = {
  "deletions.ledger": {
    forgets: "names only what is deleted",
    retention: "longer than any backup may be kept: as long as the server",
  },
  "database.txt": { forgets: "holds nothing of a device", retention: "as long as the server" },
  "index (files)": {
    forgets: "what it is told by the log, before a deletion is reported done",
    retention: "as long as what it follows from",
  },
  "requests.log": { forgets: "names ordinals only", retention: "30 days" },
  "backup.tmp, restore.tmp": {
    forgets: "with the whole file",
    retention:
      "until the backup or the restore is done; of a killed one a minute while a server runs, else its next start",
  },
  "lookups of the last quarter of a second (memory)": {
    forgets: "names ordinals only",
    retention: "until they are stored",
  },
  "current values and what is known of installations (memory)": {
    forgets: "what it is told of each transaction that was committed",
    retention: "as long as the device is there",
  },
  "names of who was deleted (memory)": {
    forgets: "names only what is deleted",
    retention: "as long as the ledger",
  },
  "what items of lists are found by (memory)": {
    forgets: "holds nothing of a device",
    retention: "until a deletion, at most: items that many have",
  },
  "nonces spent (memory)": { forgets: "holds nothing of a device", retention: "5 minutes" },
} as const satisfies Record<string, Place>;
