/**
 * The block that a device's rows lie in on PostgreSQL, 65,536 ordinals each: what a distributed database goes by. A
 * table that holds something of devices and is not declared here does not compile.
 */
import type { tables } from "./forgetting.ts";
import type { Schema } from "./schema.ts";

/** `ordinal >> blockBits` is the block of an ordinal. */
export const blockBits = 16;

type TableOfDevices = {
  [Table in keyof Schema]: (typeof tables)[Table]["forgets"] extends string ? never : Table;
}[keyof Schema];

/**
 * By table: the column with the ordinal, of a device or of an installation, that says in which block a row lies. What
 * is an installation's lies in the installation's own block, and stays there when it goes on for another device.
 */
export const blockOf = {
  records: "installation",
  changes: "installation",
  section_history: "installation",
  // Stored once for the fleet, so they are wherever they are needed.
  items: "everywhere",
  titles: "everywhere",
  term_quotas: "installation",
  readings: "installation",
  countries: "installation",
  places: "device",
  corrections: "installation",
  data_requests: "device",
  consent_history: "installation",
  own_exports: "installation",
  device_notes: "device",
  merges: "device",
  former_installations: "ordinal",
  lookups: "device",
  installations: "ordinal",
  devices: "ordinal",
} as const satisfies { readonly [Table in TableOfDevices]: (keyof Schema[Table] & string) | "everywhere" };

const columns: ReadonlyMap<string, string> = new Map(
  Object.entries(blockOf).filter(([, column]) => column !== "everywhere"),
);

/** The tables that have a block, each with the column that says it. */
export const blockedTables: readonly (readonly [table: string, column: string])[] = [...columns];

/** The column that says a row's block, undefined where the table has none. */
export const blockColumnOf = (table: string): string | undefined => columns.get(table);
