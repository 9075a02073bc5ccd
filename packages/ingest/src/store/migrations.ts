/**
 * The migrations, oldest first, a file each. Append only: a migration that has been released is never changed, and one
 * that changes what is stored carries it over.
 */
import type { Transaction } from "kysely";
import { auditChains } from "./migrations/audit-chains.ts";
import { changesByTime } from "./migrations/changes-by-time.ts";
import { checkInLog } from "./migrations/check-in-log.ts";
import { first } from "./migrations/first.ts";
import { itemTable } from "./migrations/item-table.ts";
import { logTable } from "./migrations/log-table.ts";
import { ownersAlone } from "./migrations/owners-alone.ts";
import { recordTable } from "./migrations/record-table.ts";
import { releasedItems } from "./migrations/released-items.ts";
import { rollupTable } from "./migrations/rollup-table.ts";
import { titleTable } from "./migrations/title-table.ts";
import { withoutSearchTables } from "./migrations/without-search-tables.ts";
import type { Schema } from "./schema.ts";

export type Migration = (database: Transaction<Schema>) => Promise<void>;

export const migrations: readonly Migration[] = [
  first,
  logTable,
  withoutSearchTables,
  changesByTime,
  itemTable,
  titleTable,
  auditChains,
  rollupTable,
  checkInLog,
  recordTable,
  releasedItems,
  ownersAlone,
];
