/** What they held follows from the documents: the index has it, in files of its own. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export async function withoutSearchTables({ schema }: Transaction<Schema>): Promise<void> {
  for (const table of ["search_texts", "search_numbers", "search_titles"])
    await schema.dropTable(table).execute();
}
