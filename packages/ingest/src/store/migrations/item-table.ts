/** Documents that are there stay whole until they change: to take them apart here would keep a fleet waiting. */
import { sql, type Transaction } from "kysely";
import type { Schema } from "../schema.ts";
import { ordinal } from "./ordinal.ts";

export async function itemTable({ schema }: Transaction<Schema>): Promise<void> {
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
