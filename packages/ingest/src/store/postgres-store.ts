/**
 * The store on PostgreSQL: one connection that commits batches in their order, several that read. A commit that has
 * resolved is on the database's disk; of one whose connection was lost nothing is known, so it is never acknowledged.
 */
import { RollcallError } from "@rollcall/protocol";
import { type Kysely, sql, type Transaction } from "kysely";
import type { WriteContext } from "./contexts.ts";
import { CurrentValues } from "./current-values.ts";
import { tables } from "./forgetting.ts";
import { GroupCommit, type Job } from "./group-commit.ts";
import { migratePostgres } from "./migrate.ts";
import { connect } from "./postgres-dialect.ts";
import { asCallersGetIt, isConflict } from "./postgres-faults.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import type { SearchIndex } from "./search-index.ts";
import type { Outcomes, ReadKind, Store, Write } from "./store.ts";
import { TableIndex } from "./table-index.ts";

/** Connections for reads at most. */
const readers = 8;

/** How often a transaction that met another server's is tried before its callers are asked to come again. */
const attempts = 10;

/** Opens (and makes or migrates) a database. Throws when it is newer than the program, or not to be reached. */
export async function openPostgresStore(url: string): Promise<{ store: Store; index: SearchIndex }> {
  const writer = connect(url, { max: 1, idleTimeoutMillis: 0 });
  try {
    await migratePostgres(writer, nameOf(url));
  } catch (error) {
    await writer.destroy();
    throw error;
  }
  const reader = connect(url, { max: readers, idleTimeoutMillis: 60_000 });
  return { store: new PostgresStore(writer, reader), index: new TableIndex(reader) };
}

/** How a database is named to people: without account and password. */
export function nameOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `postgres://${parsed.host}${parsed.pathname}` : "the database";
}

class PostgresStore implements Store {
  readonly #writer: Kysely<Schema>;
  readonly #reader: Kysely<Schema>;
  readonly #commits: GroupCommit;
  readonly #current = new CurrentValues();
  readonly #context: WriteContext = { current: this.#current, log: { changed() {}, dirty() {} } };
  /** A scrub that has not begun yet. */
  #scrub: Promise<void> | null = null;
  #scrubbing: Promise<void> = Promise.resolve();
  #transaction: Transaction<Schema> | null = null;
  #closing = false;

  constructor(writer: Kysely<Schema>, reader: Kysely<Schema>) {
    this.#writer = writer;
    this.#reader = reader;
    this.#commits = new GroupCommit((jobs) => this.#together(jobs));
  }

  commit<const B extends readonly Write<unknown>[]>(batch: B): Promise<Outcomes<B>> {
    if (this.#closing) return Promise.reject(new RollcallError("stopping"));
    return new Promise((resolve, reject) => {
      let outcomes: unknown[] = [];
      let refused: unknown;
      const run = async () => {
        refused = undefined;
        try {
          outcomes = await this.#alone(batch);
        } catch (error) {
          // A transaction that met another one, or has lost its connection, is over for everybody in it.
          if (isConflict(error) || asCallersGetIt(error) !== error) throw error;
          refused = error ?? new Error("a write failed without a reason");
        }
      };
      const done = (failure?: unknown) => {
        const reason = failure ?? refused;
        // The outcomes were pushed in the order of the batch, one each.
        if (reason === undefined) resolve(outcomes as unknown as Outcomes<B>);
        else reject(asCallersGetIt(reason));
      };
      this.#commits.add({ run, done });
    });
  }

  async read<Input, Result>(kind: ReadKind<Input, Result>, scope: Scope, input: Input): Promise<Result> {
    try {
      return await kind.run(this.#reader, scope, input, { current: this.#current });
    } catch (error) {
      throw asCallersGetIt(error);
    }
  }

  scrub(): Promise<void> {
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

  /** Takes what was deleted out of tables and indexes. The write-ahead log has its age: docs/scale.md says which. */
  async #scrubNow(): Promise<void> {
    const names = Object.entries(tables).flatMap(([name, { forgets }]) =>
      typeof forgets === "string" ? [] : [sql.table(name)],
    );
    try {
      await sql`vacuum (index_cleanup on, truncate on) ${sql.join(names)}`.execute(this.#reader);
    } catch (error) {
      throw asCallersGetIt(error);
    }
  }

  async ready(): Promise<void> {
    try {
      await this.#reader.selectFrom("devices").select("ordinal").limit(1).execute();
    } catch (error) {
      throw asCallersGetIt(error);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#commits.settled();
    await this.#scrubbing.catch(() => {});
    await this.#reader.destroy();
    await this.#writer.destroy();
  }

  async #together(jobs: readonly Job[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(jobs);
      } catch (error) {
        if (!isConflict(error) || attempt === attempts) throw error;
      }
    }
  }

  /** Serializable: several servers write, and each rule counts on what it read. */
  async #once(jobs: readonly Job[]): Promise<void> {
    let reason: unknown;
    try {
      await this.#writer
        .transaction()
        .setIsolationLevel("serializable")
        .execute(async (transaction) => {
          this.#transaction = transaction;
          for (const job of jobs)
            await job.run().catch((error: unknown) => {
              reason = error;
              throw error;
            });
        });
    } catch (error) {
      // Where the connection is lost, the attempt to roll back has the last word, which tells nothing.
      throw reason ?? error;
    } finally {
      this.#transaction = null;
    }
  }

  /** One caller's batch inside the shared transaction: all of it or nothing. */
  async #alone(batch: readonly Write<unknown>[]): Promise<unknown[]> {
    const transaction = this.#transaction;
    if (!transaction) throw new Error("a write ran outside its transaction");
    await sql`savepoint batch`.execute(transaction);
    try {
      const outcomes: unknown[] = [];
      for (const write of batch) outcomes.push(await write.run(transaction, this.#context));
      await sql`release batch`.execute(transaction);
      return outcomes;
    } catch (error) {
      if (!isConflict(error) && asCallersGetIt(error) === error) {
        await sql`rollback to batch`.execute(transaction);
        await sql`release batch`.execute(transaction);
      }
      throw error;
    }
  }
}
