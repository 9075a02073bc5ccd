/** Identities in doubt, and devices made one. */
import { sql, type Transaction } from "kysely";
import type { Schema } from "../schema.ts";
import { ordinal } from "./ordinal.ts";

export async function copyTables({ schema }: Transaction<Schema>): Promise<void> {
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
