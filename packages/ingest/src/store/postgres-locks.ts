/** The advisory locks that servers on one PostgreSQL hold against each other: number → what it keeps apart. */
import { type Kysely, sql, type Transaction } from "kysely";
import { type FleetJob, fleetJobs } from "./fleet-jobs.ts";
import type { Schema } from "./schema.ts";

/** "roll" and "call" in ASCII, so that no other program's lock is likely to be the same. */
const first = 0x726f_6c6c;

/** Two numbers name a lock: this program's, and what it is for. */
const locks = {
  migration: [first, 1],
  doubts: [first, 3],
  unreached: [first, 4],
  titles: [first, 5],
  retention: [first, 6],
  rollups: [first, 7],
} as const satisfies Record<"migration" | FleetJob, readonly [number, number]>;

/** Who holds one of this class has its number in the log: the second part of the lock. */
export const serverNumbers = first + 1;

/** What transactions are in turn by, each for itself or beside others: the second part of the lock. */
const turn = [first, 8] as const;

/** How long one waits for its turn, milliseconds; a server that was cut off may have it longer. */
const patience = 2_000;

/**
 * Does this beside other servers' transactions, or, `alone`, while none of them runs: what has met them once would meet
 * them again. Before the transaction begins, for that sees what was committed until then.
 */
export async function inTurn<T>(writer: Kysely<Schema>, alone: boolean, work: () => Promise<T>): Promise<T> {
  const how = sql.raw(alone ? "" : "_shared");
  const of = sql`(${sql.lit(turn[0])}, ${sql.lit(turn[1])})`;
  const isTaken =
    await sql`set lock_timeout = ${sql.lit(patience)}; select pg_advisory_lock${how}${of}; set lock_timeout = 0`
      .execute(writer)
      .then(
        () => true,
        () => false,
      );
  try {
    return await work();
  } finally {
    // Where the connection was lost the lock is gone with it.
    if (isTaken) await sql`select pg_advisory_unlock${how}${of}`.execute(writer).catch(() => {});
  }
}

/** Lets one server at a time change what tables and triggers there are, until the transaction ends. */
export async function migrationLock(transaction: Transaction<Schema>): Promise<void> {
  const [group, number] = locks.migration;
  await sql`select pg_advisory_xact_lock(${sql.lit(group)}, ${sql.lit(number)})`.execute(transaction);
}

/** Who leads what, as the locks say it. */
interface Leaders {
  /** Servers that run. */
  readonly servers: number;
  /** Jobs that the session leads. */
  readonly own: number;
  readonly leads: boolean;
}

/**
 * Whether the session of this database's one connection leads a job. Jobs spread over the servers that run: one that
 * leads more than its share lets go of the job it is asked about, one that leads less takes it where nobody has it.
 */
export async function leadsJob(writer: Kysely<Schema>, job: FleetJob): Promise<boolean> {
  const [group, number] = locks[job];
  const { servers, own, leads } = await leadersOf(writer, number);
  const share = Math.ceil(fleetJobs.length / servers);
  if (leads ? own <= share : own >= share) return leads;
  const lock = sql`(${sql.lit(group)}, ${sql.lit(number)})`;
  const { rows } = leads
    ? await sql<{ leads: boolean }>`select not pg_advisory_unlock${lock} as leads`.execute(writer)
    : await sql<{ leads: boolean }>`select pg_try_advisory_lock${lock} as leads`.execute(writer);
  return rows[0]?.leads === true;
}

async function leadersOf(writer: Kysely<Schema>, number: number): Promise<Leaders> {
  const numbers = fleetJobs.map((job) => sql.lit(locks[job][1]));
  const { rows } = await sql<Leaders>`
    select count(*) filter (where classid = ${sql.lit(serverNumbers)}) as servers,
      count(*) filter (where isown) as own,
      count(*) filter (where isown and objid = ${sql.lit(number)}) > 0 as leads
    from (
      select classid, objid, classid = ${sql.lit(first)} and pid = pg_backend_pid()
        and objid in (${sql.join(numbers)}) as isown
      from pg_locks where locktype = 'advisory' and objsubid = 2 and granted
        and database = (select oid from pg_database where datname = current_database())
    ) as locks
  `.execute(writer);
  return rows[0] ?? { servers: 1, own: 0, leads: false };
}
