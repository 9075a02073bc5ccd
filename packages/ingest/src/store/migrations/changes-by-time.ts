/** What changed in a fleet is found by time. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export async function changesByTime({ schema }: Transaction<Schema>): Promise<void> {
  for (const table of ["sections", "section_history"] as const)
    await schema.createIndex(`${table}_by_time`).on(table).column("since").execute();
}
