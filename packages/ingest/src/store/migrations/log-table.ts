/** What each transaction changed, for those that follow. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export async function logTable({ schema }: Transaction<Schema>): Promise<void> {
  await schema
    .createTable("log")
    .addColumn("server", "integer", (column) => column.notNull())
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .addColumn("body", "blob", (column) => column.notNull())
    .addPrimaryKeyConstraint("log_key", ["server", "seq"])
    .execute();
}
