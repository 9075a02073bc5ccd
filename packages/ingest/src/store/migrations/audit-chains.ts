/** One audit chain for each server: what there is becomes the first. */
import { sql, type Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export async function auditChains(transaction: Transaction<Schema>): Promise<void> {
  const { schema } = transaction;
  for (const table of ["audit", "audit_checkpoint"])
    await schema.alterTable(table).renameTo(`${table}_before`).execute();
  await schema
    .createTable("audit")
    .addColumn("chain", "integer", (column) => column.notNull())
    .addColumn("number", "integer", (column) => column.notNull())
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
    .addPrimaryKeyConstraint("audit_key", ["chain", "number"])
    .execute();
  await schema.createIndex("audit_by_time").on("audit").columns(["at", "chain", "number"]).execute();
  await schema
    .createTable("audit_checkpoint")
    .addColumn("chain", "integer", (column) => column.notNull())
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("signature", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("audit_checkpoint_key", ["chain"])
    .execute();
  await schema
    .createTable("audit_joins")
    .addColumn("chain", "integer", (column) => column.notNull())
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("ends", "text", (column) => column.notNull())
    .addColumn("joins", "text", (column) => column.notNull())
    .addColumn("signature", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("audit_joins_key", ["chain"])
    .execute();
  await sql`
    insert into audit (chain, number, at, action, request_id, account, account_salt, account_commitment,
      subject, subject_salt, subject_commitment, hash)
    select 1, number, at, action, request_id, account, account_salt, account_commitment,
      subject, subject_salt, subject_commitment, hash from audit_before
  `.execute(transaction);
  await sql`
    insert into audit_checkpoint (chain, number, hash, at, signature)
    select 1, number, hash, at, signature from audit_checkpoint_before
  `.execute(transaction);
  for (const table of ["audit", "audit_checkpoint"]) await schema.dropTable(`${table}_before`).execute();
}
