/** Check-ins that write no row: the log of them, and where they are kept by ordinal. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export async function checkInLog({ schema }: Transaction<Schema>): Promise<void> {
  await schema
    .createTable("check_in_log")
    .addColumn("seq", "integer", (column) => column.primaryKey())
    .addColumn("body", "blob", (column) => column.notNull())
    .execute();
  await schema
    .createTable("current_values")
    .addColumn("slice", "integer", (column) => column.primaryKey())
    .addColumn("body", "blob", (column) => column.notNull())
    .execute();
}
