/** What accounts changed. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export async function auditTables({ schema }: Transaction<Schema>): Promise<void> {
  await schema
    .createTable("audit")
    .addColumn("number", "integer", (column) => column.primaryKey())
    .addColumn("at", "integer", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("request_id", "text")
    .addColumn("account", "text")
    .addColumn("account_salt", "text")
    .addColumn("account_commitment", "text", (column) => column.notNull())
    .addColumn("subject", "text")
    .addColumn("subject_salt", "text")
    .addColumn("subject_commitment", "text", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("audit_checkpoint")
    .addColumn("number", "integer", (column) => column.primaryKey())
    .addColumn("hash", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("signature", "text", (column) => column.notNull())
    .execute();
}
