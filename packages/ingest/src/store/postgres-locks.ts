/** The advisory locks that servers on one PostgreSQL hold against each other: number → what it keeps apart. */
import { sql, type Transaction } from "kysely";
import type { Schema } from "./schema.ts";

/** "roll" and "call" in ASCII, so that no other program's lock is likely to be the same. */
const first = 0x726f_6c6c;

/** Two numbers name a lock: this program's, and what it is for. */
const locks = {
  migration: [first, 1],
} as const satisfies Record<string, readonly [number, number]>;

/** Who holds one of this class has its number in the log: the second part of the lock. */
export const serverNumbers = first + 1;

/** Lets one server at a time change what tables and triggers there are, until the transaction ends. */
export async function migrationLock(transaction: Transaction<Schema>): Promise<void> {
  const [group, number] = locks.migration;
  await sql`select pg_advisory_xact_lock(${sql.lit(group)}, ${sql.lit(number)})`.execute(transaction);
}
