/** Devices, installations and what they tell, and who may ask. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";
import { auditTables } from "./audit-tables.ts";
import { copyTables } from "./copy-tables.ts";
import { ordinal } from "./ordinal.ts";
import { personsTables } from "./persons-tables.ts";
import { searchTables } from "./search-tables.ts";

export async function first(database: Transaction<Schema>): Promise<void> {
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
