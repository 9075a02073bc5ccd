/** When each software title was seen in the fleet. */
import { sql, type Transaction } from "kysely";
import type { Schema } from "../schema.ts";
import { ordinal } from "./ordinal.ts";

export async function titleTable({ schema }: Transaction<Schema>): Promise<void> {
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
