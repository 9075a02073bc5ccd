/** What the person at a device said and asked for. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";
import { ordinal } from "./ordinal.ts";

export async function personsTables({ schema }: Transaction<Schema>): Promise<void> {
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
