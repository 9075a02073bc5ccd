/** What only one installation ever had is found by that alone: a device has few such items of other sections. */
import { sql, type Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export async function ownersAlone({ schema }: Transaction<Schema>): Promise<void> {
  for (const table of ["items", "titles"] as const) {
    await schema.dropIndex(`${table}_by_owner`).execute();
    await schema
      .createIndex(`${table}_by_owner`)
      .on(table)
      .column("owner")
      .where(sql.ref("owner"), "is not", null)
      .execute();
  }
}
