/** The migrations, oldest first. Append only: a migration that has been released is never changed. */
import { type CreateTableBuilder, sql, type Transaction } from "kysely";
import type { Schema } from "./schema.ts";

export type Migration = (database: Transaction<Schema>) => Promise<void>;

const ordinal = <T extends string, C extends string>(table: CreateTableBuilder<T, C>, name: string) =>
  table.addColumn(name, "integer", (column) => column.primaryKey().autoIncrement());

async function first(database: Transaction<Schema>): Promise<void> {
  const { schema } = database;
  await ordinal(schema.createTable("devices"), "ordinal")
    .addColumn("id", "text", (column) => column.notNull().unique())
    .addColumn("group_name", "text", (column) => column.notNull())
    .addColumn("ownership", "text", (column) => column.notNull())
    .addColumn("first_seen_at", "integer", (column) => column.notNull())
    .addColumn("last_seen_at", "integer", (column) => column.notNull())
    .addColumn("retired_at", "integer")
    .addColumn("summary", "text", (column) => column.notNull())
    .addColumn("sort_name", "text", (column) => column.notNull())
    .addColumn("merge", "integer")
    .addColumn("kept_until", "integer")
    .execute();
  await schema.createIndex("devices_by_name").on("devices").columns(["sort_name", "ordinal"]).execute();
  await schema.createIndex("devices_by_group").on("devices").column("group_name").execute();

  await ordinal(schema.createTable("enrolment_tokens"), "id")
    .addColumn("hash", "blob", (column) => column.notNull().unique())
    .addColumn("group_name", "text", (column) => column.notNull())
    .addColumn("ownership", "text", (column) => column.notNull())
    .addColumn("wishes", "text", (column) => column.notNull())
    .addColumn("uses", "integer", (column) => column.notNull())
    .addColumn("used", "integer", (column) => column.notNull())
    .addColumn("per_hour", "integer", (column) => column.notNull())
    .addColumn("local", "integer", (column) => column.notNull())
    .addColumn("created_at", "integer", (column) => column.notNull())
    .addColumn("created_by", "text", (column) => column.notNull())
    .addColumn("expires_at", "integer", (column) => column.notNull())
    .addColumn("revoked_at", "integer")
    .execute();

  await ordinal(schema.createTable("installations"), "ordinal")
    .addColumn("id", "text", (column) => column.notNull().unique())
    .addColumn("device", "integer", (column) => column.notNull().unique().references("devices.ordinal"))
    .addColumn("key", "text", (column) => column.notNull().unique())
    .addColumn("token", "integer", (column) => column.notNull().references("enrolment_tokens.id"))
    .addColumn("enrolled_at", "integer", (column) => column.notNull())
    .addColumn("applications", "text", (column) => column.notNull())
    .addColumn("counter", "integer", (column) => column.notNull())
    .addColumn("check_in_nonce", "text")
    .addColumn("check_in_answer", "text")
    .addColumn("check_in_at", "integer")
    .addColumn("state_digest", "text", (column) => column.notNull())
    .addColumn("accepts_digest", "text", (column) => column.notNull())
    .addColumn("consent_number", "integer", (column) => column.notNull())
    .addColumn("grants", "text", (column) => column.notNull())
    .addColumn("consent_receipt", "text")
    .addColumn("session_hash", "blob")
    .addColumn("session_expires_at", "integer")
    .addColumn("doubted_at", "integer")
    .addColumn("delete_at", "integer")
    .addColumn("succeeds", "integer")
    .addColumn("lineage", "integer")
    .addColumn("moved", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  await schema
    .createIndex("installations_by_token")
    .on("installations")
    .columns(["token", "enrolled_at", "lineage"])
    .execute();

  await copyTables(database);

  await schema
    .createTable("sections")
    .addColumn("installation", "integer", (column) => column.notNull().references("installations.ordinal"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("schema", "integer", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("digest", "text")
    .addColumn("body", "blob")
    .addColumn("since", "integer", (column) => column.notNull())
    .addColumn("indexed", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("sections_key", ["installation", "name"])
    .execute();

  await ordinal(schema.createTable("section_history"), "id")
    .addColumn("installation", "integer", (column) => column.notNull().references("installations.ordinal"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("since", "integer", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .addColumn("schema", "integer", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("whole", "integer", (column) => column.notNull())
    .addColumn("body", "blob", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("section_history_of_section")
    .on("section_history")
    .columns(["installation", "name", "id"])
    .execute();

  await schema
    .createTable("term_quotas")
    .addColumn("installation", "integer", (column) => column.primaryKey().references("installations.ordinal"))
    .addColumn("inventoried", "text", (column) => column.notNull())
    .addColumn("since", "integer", (column) => column.notNull())
    .addColumn("added", "integer", (column) => column.notNull())
    .execute();

  await schema
    .createTable("readings")
    .addColumn("installation", "integer", (column) => column.notNull().references("installations.ordinal"))
    .addColumn("section", "text", (column) => column.notNull())
    .addColumn("item", "text", (column) => column.notNull())
    .addColumn("field", "text", (column) => column.notNull())
    .addColumn("value", "real", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("readings_key", ["installation", "section", "item", "field"])
    .execute();

  await ordinal(schema.createTable("api_tokens"), "id")
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("hash", "blob", (column) => column.notNull().unique())
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("groups", "text")
    .addColumn("created_at", "integer", (column) => column.notNull())
    .addColumn("created_by", "text", (column) => column.notNull())
    .addColumn("expires_at", "integer", (column) => column.notNull())
    .addColumn("revoked_at", "integer")
    .execute();

  await schema
    .createTable("applications")
    .addColumn("number", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("created_at", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createTable("lookups")
    .addColumn("device", "integer", (column) => column.notNull().references("devices.ordinal"))
    .addColumn("day", "integer", (column) => column.notNull())
    .addColumn("account", "text", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("purpose", "text", (column) => column.notNull())
    .addColumn("what", "text", (column) => column.notNull())
    .addColumn("first_at", "integer", (column) => column.notNull())
    .addColumn("last_at", "integer", (column) => column.notNull())
    .addColumn("times", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("lookups_key", ["device", "day", "account", "role", "purpose", "what"])
    .execute();
  await schema
    .createTable("deletions")
    .addColumn("number", "integer", (column) => column.primaryKey())
    .addColumn("entry", "text", (column) => column.notNull())
    .addColumn("written", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createTable("server")
    .addColumn("id", "text", (column) => column.primaryKey())
    .execute();
  await auditTables(database);
  await searchTables(database);
  await personsTables(database);
}

/** What the person at a device said and asked for. */
async function personsTables({ schema }: Transaction<Schema>): Promise<void> {
  await schema
    .createTable("countries")
    .addColumn("installation", "integer", (column) => column.primaryKey())
    .addColumn("section", "text", (column) => column.notNull())
    .addColumn("country", "text", (column) => column.notNull())
    .addColumn("since", "integer", (column) => column.notNull())
    .execute();
  await schema.createIndex("countries_by_country").on("countries").column("country").execute();

  await schema
    .createTable("places")
    .addColumn("device", "integer", (column) => column.primaryKey())
    .addColumn("latitude", "real", (column) => column.notNull())
    .addColumn("longitude", "real", (column) => column.notNull())
    .addColumn("by", "text", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .execute();

  await schema
    .createTable("corrections")
    .addColumn("installation", "integer", (column) => column.notNull())
    .addColumn("section", "text", (column) => column.notNull())
    .addColumn("field", "text", (column) => column.notNull())
    .addColumn("value", "text", (column) => column.notNull())
    .addColumn("collected", "text")
    .addColumn("reason", "text")
    .addColumn("at", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("corrections_key", ["installation", "section", "field"])
    .execute();
  await ordinal(schema.createTable("data_requests"), "number")
    .addColumn("device", "integer", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .execute();
  await schema.createIndex("data_requests_by_device").on("data_requests").column("device").execute();
  await ordinal(schema.createTable("consent_history"), "id")
    .addColumn("installation", "integer", (column) => column.notNull())
    .addColumn("consent_number", "integer", (column) => column.notNull())
    .addColumn("did", "text", (column) => column.notNull())
    .addColumn("of_grant", "text", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("consent_history_by_installation")
    .on("consent_history")
    .columns(["installation", "at", "id"])
    .execute();
  await schema
    .createTable("own_exports")
    .addColumn("installation", "integer", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("own_exports_by_installation")
    .on("own_exports")
    .columns(["installation", "at"])
    .execute();
}

async function auditTables({ schema }: Transaction<Schema>): Promise<void> {
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

async function copyTables({ schema }: Transaction<Schema>): Promise<void> {
  await schema
    .createTable("former_installations")
    .addColumn("ordinal", "integer", (column) => column.primaryKey())
    .addColumn("id", "text", (column) => column.notNull().unique())
    .addColumn("device", "integer", (column) => column.notNull())
    .addColumn("key", "text", (column) => column.notNull().unique())
    .addColumn("token", "integer", (column) => column.notNull())
    .addColumn("grants", "text", (column) => column.notNull())
    .addColumn("lineage", "integer")
    .addColumn("doubted_at", "integer")
    .addColumn("copied", "integer", (column) => column.notNull())
    .addColumn("heard_at", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("former_installations_by_device")
    .on("former_installations")
    .column("device")
    .execute();
  await schema
    .createTable("device_notes")
    .addColumn("device", "integer", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("about", "integer", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("device_notes_key", ["device", "kind", "about"])
    .execute();
  await schema.createIndex("device_notes_by_about").on("device_notes").column("about").execute();
  await ordinal(schema.createTable("merges"), "id")
    .addColumn("device", "integer", (column) => column.notNull())
    .addColumn("other", "integer")
    .addColumn("at", "integer", (column) => column.notNull())
    .addColumn("by", "text", (column) => column.notNull())
    .execute();
  // Few rows are in these, and they are asked for at every turn of a job.
  for (const [table, column] of [
    ["installations", "doubted_at"],
    ["installations", "succeeds"],
    ["installations", "lineage"],
    ["former_installations", "doubted_at"],
    ["devices", "merge"],
    ["devices", "kept_until"],
  ] as const)
    await schema
      .createIndex(`${table}_with_${column}`)
      .on(table)
      .column(column)
      .where(sql.ref(column), "is not", null)
      .execute();
}

async function searchTables({ schema }: Transaction<Schema>): Promise<void> {
  await schema
    .createTable("search_texts")
    .addColumn("installation", "integer", (column) => column.notNull())
    .addColumn("section", "text", (column) => column.notNull())
    .addColumn("field", "text", (column) => column.notNull())
    .addColumn("folded", "text", (column) => column.notNull())
    .addColumn("shown", "text", (column) => column.notNull())
    .addColumn("words", "integer", (column) => column.notNull())
    .addColumn("sensitive", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createTable("search_numbers")
    .addColumn("installation", "integer", (column) => column.notNull())
    .addColumn("section", "text", (column) => column.notNull())
    .addColumn("field", "text", (column) => column.notNull())
    .addColumn("number", "real", (column) => column.notNull())
    .addColumn("sensitive", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createTable("search_titles")
    .addColumn("installation", "integer", (column) => column.notNull())
    .addColumn("section", "text", (column) => column.notNull())
    .addColumn("field", "text", (column) => column.notNull())
    .addColumn("folded", "text", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("sensitive", "integer", (column) => column.notNull())
    .execute();
  const byValue = { search_texts: "folded", search_numbers: "number", search_titles: "folded" } as const;
  for (const [table, value] of Object.entries(byValue)) {
    await schema
      .createIndex(`${table}_by_installation`)
      .on(table)
      .columns(["installation", "section"])
      .execute();
    await schema
      .createIndex(`${table}_by_value`)
      .on(table)
      .columns(["field", value, "installation"])
      .execute();
  }
  // A list of software pages through titles without sorting all of them.
  await schema
    .createIndex("search_titles_in_order")
    .on("search_titles")
    .columns(["title", "version", "source", "installation"])
    .execute();
}

async function logTable({ schema }: Transaction<Schema>): Promise<void> {
  await schema
    .createTable("log")
    .addColumn("server", "integer", (column) => column.notNull())
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("at", "integer", (column) => column.notNull())
    .addColumn("body", "blob", (column) => column.notNull())
    .addPrimaryKeyConstraint("log_key", ["server", "seq"])
    .execute();
}

/** What they held follows from the documents: the index has it, in files of its own. */
async function withoutSearchTables({ schema }: Transaction<Schema>): Promise<void> {
  for (const table of ["search_texts", "search_numbers", "search_titles"])
    await schema.dropTable(table).execute();
}

/** What changed in a fleet is found by time. */
async function changesByTime({ schema }: Transaction<Schema>): Promise<void> {
  for (const table of ["sections", "section_history"] as const)
    await schema.createIndex(`${table}_by_time`).on(table).column("since").execute();
}

/** Documents that are there stay whole until they change: to take them apart here would keep a fleet waiting. */
async function itemTable({ schema }: Transaction<Schema>): Promise<void> {
  await ordinal(schema.createTable("items"), "id")
    .addColumn("section", "text", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("owner", "integer")
    .addColumn("seen", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("items_by_owner")
    .on("items")
    .columns(["owner", "section"])
    .where(sql.ref("owner"), "is not", null)
    .execute();
  await schema.alterTable("sections").addColumn("items", "blob").execute();
  await schema
    .alterTable("server")
    .addColumn("sweep", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
}

async function titleTable({ schema }: Transaction<Schema>): Promise<void> {
  await ordinal(schema.createTable("titles"), "id")
    .addColumn("hash", "integer", (column) => column.notNull().unique())
    .addColumn("section", "text", (column) => column.notNull())
    .addColumn("owner", "integer")
    .addColumn("first_seen_at", "integer", (column) => column.notNull())
    .addColumn("last_seen_at", "integer", (column) => column.notNull())
    .addColumn("held_at", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("titles_by_owner")
    .on("titles")
    .columns(["owner", "section"])
    .where(sql.ref("owner"), "is not", null)
    .execute();
}

/** One audit chain for each server: what there is becomes the first. */
async function auditChains(transaction: Transaction<Schema>): Promise<void> {
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

async function rollupTable({ schema }: Transaction<Schema>): Promise<void> {
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

export const migrations: readonly Migration[] = [
  first,
  logTable,
  withoutSearchTables,
  changesByTime,
  itemTable,
  titleTable,
  auditChains,
  rollupTable,
];
