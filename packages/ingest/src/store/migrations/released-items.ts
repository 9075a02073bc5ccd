/** Items that something let go of, for the sweep after a deletion. */
import type { Transaction } from "kysely";
import type { Schema } from "../schema.ts";
import { ordinal } from "./ordinal.ts";

export async function releasedItems({ schema }: Transaction<Schema>): Promise<void> {
  await ordinal(schema.createTable("released_items"), "id")
    .addColumn("items", "blob", (column) => column.notNull())
    .execute();
}
