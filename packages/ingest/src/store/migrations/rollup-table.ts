/** How many devices had a value on a day. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export async function rollupTable({ schema }: Transaction<Schema>): Promise<void> {
  await schema
    .createTable("rollups")
    .addColumn("field", "text", (column) => column.notNull())
    .addColumn("day", "integer", (column) => column.notNull())
    .addColumn("value", "text", (column) => column.notNull())
    .addColumn("devices", "integer", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("rollups_key", ["field", "day", "value"])
    .execute();
}
