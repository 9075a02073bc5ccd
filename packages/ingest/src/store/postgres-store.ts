/**
 * The store on PostgreSQL: one connection that commits batches in their order, several that read. A commit that has
 * resolved is on the database's disk; of one whose connection was lost nothing is known, so it is never acknowledged.
 */
import { RollcallError } from "@rollcall/protocol";
import { type Kysely, sql, type Transaction } from "kysely";
import { keepWords } from "../records/record-words.ts";
import { nothingCurrent } from "./current-values.ts";
import type { FleetJob } from "./fleet-jobs.ts";
import { tables } from "./forgetting.ts";
import { type CommitQueue, GroupCommit, type Job } from "./group-commit.ts";
import { type ReadKind, runWrite, type Write } from "./kinds.ts";
import type { LogEntry } from "./log.ts";
import { migratePostgres } from "./migrate.ts";
import { PostgresAsides } from "./postgres-asides.ts";
import { keepBlocks } from "./postgres-blocks.ts";
import { connect } from "./postgres-dialect.ts";
import { keepTriggers, openNotes } from "./postgres-dirty.ts";
import { asCallersGetIt, isConflict } from "./postgres-faults.ts";
import { channel, Following } from "./postgres-following.ts";
import { inTurn, leadsJob } from "./postgres-locks.ts";
import { keepReaders, PostgresLogReader, PostgresLogWriter } from "./postgres-log.ts";
import type { ReadingLimits } from "./reading-limits.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import type { Batch, Settled, Transacted } from "./sqlite-writer.ts";
import type { Log, Outcomes, Store } from "./store.ts";
import { refuseUnfinished } from "./unfinished.ts";

/** Connections for reads at most. */
const readers = 8;

/** How often a transaction that met another server's is tried before its callers are asked to come again. */
const attempts = 10;

/** What keeps nobody from anything. */
const unlimited: ReadingLimits = { milliseconds: 0, mostWaiting: Number.POSITIVE_INFINITY };

/**
 * Opens (and makes or migrates) a database. Throws when it is newer than the program, or not to be reached. `limits`:
 * of reads that are no point reads, each statement of theirs.
 */
export async function openPostgresStore(url: string, limits = unlimited): Promise<Store> {
  await preparePostgres(url);
  const log = new PostgresLogWriter();
  const writer = connect(url, { max: 1, idleTimeoutMillis: 0 }, async (client) => {
    // Statements are kept as they were planned first, when tables may have been empty; and who reads a table through
    // meets whoever writes it.
    await client.query("set enable_seqscan = off");
    await openNotes(client);
    await log.open(client);
  });
  const reader = connect(url, { max: readers, idleTimeoutMillis: 60_000 });
  try {
    await refuseUnfinished(writer, nameOf(url));
    await keepWords(writer);
    const following = await Following.open(url, new PostgresLogReader(reader));
    return new PostgresStore(writer, reader, new PostgresAsides(url, limits), log, following);
  } catch (error) {
    await Promise.all([writer.destroy(), reader.destroy()]);
    throw error;
  }
}

/** Makes of the database what this program counts on. */
export async function preparePostgres(url: string): Promise<void> {
  const database = connect(url, { max: 1 }, openNotes);
  try {
    await sql`select 1`.execute(database).catch((cause: unknown) => {
      throw new Error(`${nameOf(url)} cannot be reached, or lets nobody in`, { cause });
    });
    await migratePostgres(database, nameOf(url));
    await keepBlocks(database);
    await keepTriggers(database);
    await keepReaders(database);
  } finally {
    await database.destroy();
  }
}

/** How a database is named to people: without account and password. */
export function nameOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `postgres://${parsed.host}${parsed.pathname}` : "the database";
}

/** What was asked of the database; where it is away, that it is. */
const told = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw asCallersGetIt(error);
  });

/** A caller's batch on its way. */
interface Commit extends Job {
  readonly batch: Batch;
  settle(settled: Settled): void;
}

class PostgresStore implements Store {
  readonly log: Log;
  /** Other servers may have heard of a device what this one has not: its row is asked each time. */
  readonly quick = null;
  readonly #writer: Kysely<Schema>;
  readonly #reader: Kysely<Schema>;
  readonly #asides: PostgresAsides;
  readonly #commits: GroupCommit<Commit>;
  readonly #context = { current: nothingCurrent };
  readonly #log: PostgresLogWriter;
  readonly #following: Following;
  /** A scrub that has not begun yet. */
  #scrub: Promise<void> | null = null;
  #scrubbing: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(
    writer: Kysely<Schema>,
    reader: Kysely<Schema>,
    asides: PostgresAsides,
    log: PostgresLogWriter,
    following: Following,
  ) {
    this.#writer = writer;
    this.#reader = reader;
    this.#asides = asides;
    this.#log = log;
    this.#following = following;
    this.#commits = new GroupCommit((commits) => this.#together(commits));
    const entries = new PostgresLogReader(reader);
    this.log = {
      moved: null,
      reach: () => told(entries.reach()),
      after: (position, most) => told(entries.after(position, most)),
      follow: (follower) => following.follow(follower),
      truncate: (before) => told(entries.truncate(log.server, before)),
    };
  }

  commit<const B extends readonly Write<unknown>[]>(batch: B): Promise<Outcomes<B>> {
    if (this.#closing) return Promise.reject(new RollcallError("stopping"));
    return new Promise((resolve, reject) => {
      let settled: Settled = { refused: new Error("a batch was left out of its transaction") };
      const done = (failure?: unknown) => {
        if (failure !== undefined) reject(asCallersGetIt(failure));
        else if ("refused" in settled) reject(settled.refused);
        // The outcomes stand in the order of the batch, one each.
        else resolve(settled.outcomes as unknown as Outcomes<B>);
      };
      this.#commits.add({
        batch,
        settle: (result) => {
          settled = result;
        },
        done,
      });
    });
  }

  get commits(): CommitQueue {
    return this.#commits;
  }

  read<Input, Result>(kind: ReadKind<Input, Result>, scope: Scope, input: Input): Promise<Result> {
    const run = (database: Kysely<Schema>) => kind.run(database, scope, input, this.#context);
    return told(kind.isPoint ? run(this.#reader) : this.#asides.read(run));
  }

  async scrub(): Promise<void> {
    await this.#scrubOwn();
    await this.#following.scrub();
  }

  #scrubOwn(): Promise<void> {
    // One that has not begun serves whoever asks meanwhile: what they deleted is committed by then.
    this.#scrub ??= this.#scrubbing
      .catch(() => {})
      .then(() => {
        this.#scrub = null;
        this.#scrubbing = this.#scrubNow();
        return this.#scrubbing;
      });
    return this.#scrub;
  }

  /** Takes what was deleted out of tables and indexes; in the write-ahead log it stays until PostgreSQL reuses that. */
  async #scrubNow(): Promise<void> {
    const names = Object.entries(tables).flatMap(([name, { forgets }]) =>
      typeof forgets === "string" ? [] : [sql.table(name)],
    );
    await told(sql`vacuum (index_cleanup on, truncate on) ${sql.join(names)}`.execute(this.#reader));
  }

  async leads(job: FleetJob): Promise<boolean> {
    let leads = false;
    await told(
      this.#commits.between(async () => {
        leads = await leadsJob(this.#writer, job);
      }),
    );
    return leads;
  }

  async ready(): Promise<void> {
    await told(this.#reader.selectFrom("devices").select("ordinal").limit(1).execute());
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#commits.settled();
    await this.#scrubbing.catch(() => {});
    await this.#following.close();
    await this.#asides.close();
    await this.#reader.destroy();
    await this.#writer.destroy();
  }

  async #together(commits: readonly Commit[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { settled, entry } = await inTurn(this.#writer, attempt > 1, () => this.#once(commits));
        if (entry) await this.#tell(entry);
        for (const [index, result] of settled.entries()) commits[index]?.settle(result);
        return;
      } catch (error) {
        if (!isConflict(error) || attempt === attempts) throw error;
      }
    }
  }

  /** It is committed: whatever becomes of telling it, whoever follows reads it with the next. */
  async #tell(entry: LogEntry): Promise<void> {
    this.#log.entered(entry);
    await this.#following.committed(entry).catch(() => {});
    // Not in the transaction: commits that notify wait for each other, through all servers.
    sql`select pg_notify(${channel}, '')`.execute(this.#reader).catch(() => {});
  }

  /** Serializable: several servers write, and each rule counts on what it read. */
  async #once(commits: readonly Commit[]): Promise<Transacted> {
    let reason: unknown;
    try {
      return await this.#writer
        .transaction()
        .setIsolationLevel("serializable")
        .execute(async (transaction) => {
          const settled: Settled[] = [];
          try {
            await sql`savepoint batch`.execute(transaction);
            for (const { batch } of commits) {
              const last = settled.at(-1);
              // A savepoint that was gone back to is there still.
              if (last && !("refused" in last))
                await sql`release batch; savepoint batch`.execute(transaction);
              settled.push(await this.#alone(transaction, batch));
            }
            return { settled, entry: await this.#log.enter(transaction) };
          } catch (error) {
            reason = error;
            throw error;
          }
        });
    } catch (error) {
      // Where the connection is lost, the attempt to roll back has the last word, which tells nothing.
      throw reason ?? error;
    }
  }

  /**
   * One caller's batch inside the shared transaction, from the savepoint on: all of it or nothing. Throws what is the end
   * of everybody's.
   */
  async #alone(transaction: Transaction<Schema>, batch: Batch): Promise<Settled> {
    try {
      const outcomes: unknown[] = [];
      for (const write of batch) outcomes.push(await runWrite(write, transaction, this.#context));
      return { outcomes };
    } catch (error) {
      if (isConflict(error) || asCallersGetIt(error) !== error) throw error;
      await sql`rollback to batch`.execute(transaction);
      return { refused: error ?? new Error("a write failed without a reason") };
    }
  }
}
