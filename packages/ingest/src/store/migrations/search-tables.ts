/** What devices were found by before there was an index in files of its own. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export async function searchTables({ schema }: Transaction<Schema>): Promise<void> {
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
