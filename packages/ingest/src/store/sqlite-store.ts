/**
 * The store on SQLite: WAL, synchronous=FULL, one connection that writes and one that reads. A commit that has
 * resolved is on disk.
 */
import { RollcallError } from "@rollcall/protocol";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { Kysely, SqliteDialect, sql, type Transaction } from "kysely";
import { Checkpoints, lastResort } from "./checkpoints.ts";
import type { WriteContext } from "./contexts.ts";
import { CurrentValues } from "./current-values.ts";
import { GroupCommit, type Job } from "./group-commit.ts";
import { withKeptStatements } from "./kept-statements.ts";
import { type ReadKind, runWrite, type Write } from "./kinds.ts";
import { migrate } from "./migrate.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import type { SearchIndex } from "./search-index.ts";
import type { Outcomes, Store } from "./store.ts";
import { TableIndex } from "./table-index.ts";
import { UnallocatedSpace } from "./unallocated.ts";

function open(file: string, readonly: boolean): { database: Database; queries: Kysely<Schema> } {
  const database = new SqliteDatabase(file, { readonly });
  database.pragma("busy_timeout = 5000");
  const queries = new Kysely<Schema>({
    dialect: new SqliteDialect({ database: withKeptStatements(database) }),
  });
  return { database, queries };
}

/** Opens (and makes or migrates) the database in this file. Throws when it is newer than the program. */
export async function openSqliteStore(file: string): Promise<{ store: Store; index: SearchIndex }> {
  const writer = open(file, false);
  try {
    writer.database.pragma("journal_mode = WAL");
    writer.database.pragma("synchronous = FULL");
    writer.database.pragma("foreign_keys = ON");
    writer.database.pragma("secure_delete = ON");
    writer.database.pragma(`wal_autocheckpoint = ${lastResort}`);
    await migrate(writer.queries, file);
    const reader = open(file, true);
    return { store: new SqliteStore(writer, reader), index: new TableIndex(reader.queries) };
  } catch (error) {
    await writer.queries.destroy();
    throw error;
  }
}

type Connection = ReturnType<typeof open>;

class SqliteStore implements Store {
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #commits: GroupCommit;
  readonly #checkpoints: Checkpoints;
  readonly #unallocated: UnallocatedSpace;
  readonly #current = new CurrentValues();
  readonly #context: WriteContext = { current: this.#current, log: { changed() {}, dirty() {} } };
  /** A scrub that has not begun yet. */
  #scrub: Promise<void> | null = null;
  #transaction: Transaction<Schema> | null = null;
  #closing = false;

  constructor(writer: Connection, reader: Connection) {
    this.#writer = writer;
    this.#reader = reader;
    this.#commits = new GroupCommit((jobs) => this.#together(jobs));
    const pageSize = Number(writer.database.pragma("page_size", { simple: true }));
    this.#unallocated = new UnallocatedSpace(writer.database.name, pageSize);
    this.#checkpoints = new Checkpoints(writer.database.name, () =>
      this.#commits.between(() => writer.database.pragma("wal_checkpoint(PASSIVE)")),
    );
  }

  commit<const B extends readonly Write<unknown>[]>(batch: B): Promise<Outcomes<B>> {
    if (this.#closing) return Promise.reject(new RollcallError("stopping"));
    return new Promise((resolve, reject) => {
      let outcomes: unknown[] = [];
      let refused: unknown;
      const run = async () => {
        try {
          outcomes = await this.#alone(batch);
        } catch (error) {
          refused = error ?? new Error("a write failed without a reason");
          // Out of space or unable to write, the engine gives up the whole transaction: with it everybody's batch.
          if (!this.#writer.database.inTransaction) throw refused;
        }
      };
      const done = (failure?: unknown) => {
        const reason = failure ?? refused;
        // The outcomes were pushed in the order of the batch, one each.
        if (reason === undefined) resolve(outcomes as unknown as Outcomes<B>);
        else reject(reason);
      };
      this.#commits.add({ run, done });
    });
  }

  read<Input, Result>(kind: ReadKind<Input, Result>, scope: Scope, input: Input): Promise<Result> {
    return kind.run(this.#reader.queries, scope, input, { current: this.#current });
  }

  scrub(): Promise<void> {
    // One that has not begun serves whoever asks meanwhile: what they deleted is committed by then.
    this.#scrub ??= this.#checkpoints.without(() =>
      this.#commits.between(() => {
        this.#scrub = null;
        this.#scrubNow();
      }),
    );
    return this.#scrub;
  }

  #scrubNow(): void {
    // Empties the log. In the file itself deleted rows are overwritten (`secure_delete`), copies of them are not.
    const blocked = this.#writer.database.pragma("wal_checkpoint(TRUNCATE)", { simple: true });
    if (blocked !== 0) throw new RollcallError("busy", { retryAfterSeconds: 60 });
    this.#writer.database.pragma("shrink_memory");
    this.#unallocated.clear();
  }

  async ready(): Promise<void> {
    // By a connection of its own: those that are open would not notice for long that the file is gone or another one.
    const { queries } = open(this.#writer.database.name, true);
    try {
      await queries.selectFrom("devices").select("ordinal").limit(1).execute();
    } finally {
      await queries.destroy();
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#commits.settled();
    await this.#checkpoints.close();
    await this.#reader.queries.destroy();
    this.#writer.database.pragma("wal_checkpoint(TRUNCATE)");
    await this.#writer.queries.destroy();
    this.#unallocated.close();
  }

  async #together(jobs: readonly Job[]): Promise<void> {
    let reason: unknown;
    try {
      await this.#writer.queries.transaction().execute(async (transaction) => {
        this.#transaction = transaction;
        for (const job of jobs)
          await job.run().catch((error: unknown) => {
            reason = error;
            throw error;
          });
      });
      this.#checkpoints.committed();
    } catch (error) {
      // Where there is no transaction any more, the attempt to roll it back has the last word, which tells nothing.
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
      for (const write of batch) outcomes.push(await runWrite(write, transaction, this.#context));
      await sql`release batch`.execute(transaction);
      return outcomes;
    } catch (error) {
      if (this.#writer.database.inTransaction) {
        await sql`rollback to batch`.execute(transaction);
        await sql`release batch`.execute(transaction);
      }
      throw error;
    }
  }
}
