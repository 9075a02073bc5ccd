/** The advisory locks that servers on one PostgreSQL hold against each other: number → what it keeps apart. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Schema } from "./schema.ts";

/** "roll" and "call" in ASCII, so that no other program's lock is likely to be the same. */
const first = 0x726f_6c6c;

/** Two numbers name a lock: this program's, and what it is for. */
const locks = {
  migration: [first, 1],
  jobs: [first, 2],
} as const satisfies Record<string, readonly [number, number]>;

/** Who holds one of this class has its number in the log: the second part of the lock. */
export const serverNumbers = first + 1;

/** Lets one server at a time change what tables and triggers there are, until the transaction ends. */
export async function migrationLock(transaction: Transaction<Schema>): Promise<void> {
  const [group, number] = locks.migration;
  await sql`select pg_advisory_xact_lock(${sql.lit(group)}, ${sql.lit(number)})`.execute(transaction);
}

/** Whether the session of this database's one connection does the jobs of all servers; it does so until its end. */
export async function leadsJobs(writer: Kysely<Schema>): Promise<boolean> {
  const [group, number] = locks.jobs.map((each) => sql.lit(each));
  const { rows } = await sql<{ leads: boolean }>`
    select exists (
      select from pg_locks where locktype = 'advisory' and classid = ${group} and objid = ${number}
        and objsubid = 2 and pid = pg_backend_pid() and granted
    ) or pg_try_advisory_lock(${group}, ${number}) as leads
  `.execute(writer);
  return rows[0]?.leads === true;
}
