/**
 * The connection that writes: it owns the database's migrations, its transactions, and what is done to its files. It is
 * asked for one thing at a time, in the thread of the store or in one of its own.
 */
import SqliteDatabase, { type Database } from "better-sqlite3";
import { Kysely, SqliteDialect, sql, type Transaction } from "kysely";
import { keepWords } from "../records/record-words.ts";
import { type ChangedInstallations, noteInstallations } from "./changed-installations.ts";
import { CheckInLogWriter, currentWith } from "./check-in-log.ts";
import { lastResort } from "./checkpoints.ts";
import type { WriteContext } from "./contexts.ts";
import type { CurrentValues } from "./current-values.ts";
import { withKeptStatements } from "./kept-statements.ts";
import { runWrite, type Write } from "./kinds.ts";
import { type LogEntry, type LogPosition, LogWriter } from "./log.ts";
import { migrate } from "./migrate.ts";
import { MovedDevices } from "./moved-devices.ts";
import { openOwnChain } from "./own-chain.ts";
import type { Schema } from "./schema.ts";
import { UnallocatedSpace } from "./unallocated.ts";
import { refuseUnfinished } from "./unfinished.ts";

export type Batch = readonly Write<unknown>[];

/** What became of a batch in a transaction that was committed. */
export type Settled = { readonly outcomes: readonly unknown[] } | { readonly refused: unknown };

/** What became of the batches of one transaction, and what it entered in the log. */
export interface Transacted {
  readonly settled: readonly Settled[];
  readonly entry: LogEntry | null;
}

export type ScrubSlice = "first" | "next";

/** Whether that was the last slice, or nothing could be done: something still reads what was there. */
export type Scrubbed = "whole" | "in part" | "blocked";

/** With whose rows it changed. */
export interface Written extends Transacted, ChangedInstallations {}

/** What a store asks of who writes. */
export interface Writer {
  /**
   * Commits batches together, behind the check-ins that need no row (as `encodeCheckIns` writes them).
   * Rejects with what undid all of them; a batch that throws is undone alone.
   */
  transact(batches: readonly Batch[], checkIns?: Uint8Array | null): Promise<Written>;
  /** Removes what the log has before a position, the first entries of it; tells how many. */
  truncateLog(before: LogPosition): Promise<number>;
  /** The last number in the log of check-ins, 0 where it is empty. */
  newestCheckIns(): Promise<number>;
  /** Writes these slices of the current values as they are in memory. */
  keepCurrent(slices: readonly number[]): Promise<void>;
  /** Removes the first of the log of check-ins up to, and with, a number; tells how many. */
  truncateCheckIns(upTo: number): Promise<number>;
  /** Copies what is left of the write-ahead log into the database. */
  bringHome(): Promise<void>;
  /** Leaves nothing in one slice of the files of what was deleted before the first one of them. */
  scrub(slice: ScrubSlice): Promise<Scrubbed>;
  close(): Promise<void>;
}

export interface Connection {
  readonly database: Database;
  readonly queries: Kysely<Schema>;
}

/** How long a statement waits for other connections, milliseconds; and a step of what others wait for. */
const patience = { usual: 5_000, ofScrub: 20 } as const;

export function connect(file: string, readonly: boolean): Connection {
  const database = new SqliteDatabase(file, { readonly });
  database.pragma(`busy_timeout = ${patience.usual}`);
  const queries = new Kysely<Schema>({
    dialect: new SqliteDialect({ database: withKeptStatements(database) }),
  });
  return { database, queries };
}

/** Opens (and makes or migrates) the database in this file. Throws when it is newer than the program. */
export async function openSqliteWriter(
  file: string,
  current: CurrentValues,
  moved = new MovedDevices(),
): Promise<SqliteWriter> {
  const connection = connect(file, false);
  try {
    connection.database.pragma("journal_mode = WAL");
    connection.database.pragma("synchronous = FULL");
    connection.database.pragma("foreign_keys = ON");
    connection.database.pragma("secure_delete = ON");
    connection.database.pragma(`wal_autocheckpoint = ${lastResort}`);
    await migrate(connection.queries, file);
    await refuseUnfinished(connection.queries, file);
    await keepWords(connection.queries);
    return new SqliteWriter(connection, current, moved);
  } catch (error) {
    await connection.queries.destroy();
    throw error;
  }
}

/** The lock of the data directory lets one process write this database, and that is its number in the log and of its audit chain. */
const onlyServer = 1;

class SqliteWriter implements Writer {
  readonly #database: Database;
  readonly #queries: Kysely<Schema>;
  readonly #unallocated: UnallocatedSpace;
  readonly #current: CurrentValues;
  readonly #checkIns: CheckInLogWriter;
  readonly #takeChanged: () => ChangedInstallations;
  readonly #log: LogWriter;

  constructor({ database, queries }: Connection, current: CurrentValues, moved: MovedDevices) {
    this.#database = database;
    this.#queries = queries;
    this.#current = current;
    this.#checkIns = new CheckInLogWriter(database, current);
    this.#takeChanged = noteInstallations(database);
    this.#log = new LogWriter(database, onlyServer, moved);
    database.exec(openOwnChain(onlyServer));
    this.#unallocated = new UnallocatedSpace(database);
  }

  async transact(batches: readonly Batch[], checkIns: Uint8Array | null = null): Promise<Written> {
    let reason: unknown;
    try {
      const transacted = await this.#queries.transaction().execute(async (transaction) => {
        const settled: Settled[] = [];
        const context = { current: currentWith(this.#current, checkIns) };
        for (const batch of batches) {
          const one = await this.#alone(transaction, batch, context);
          settled.push(one);
          // Out of space or unable to write, the engine gives up the whole transaction: with it everybody's batch.
          if ("refused" in one && !this.#database.inTransaction) {
            reason = one.refused;
            throw one.refused;
          }
        }
        const whose = this.#takeChanged();
        this.#checkIns.enter(checkIns, whose.gone, context.current);
        return { settled, entry: this.#log.enter(), ...whose };
      });
      this.#unallocated.note();
      this.#log.entered(transacted.entry);
      return transacted;
    } catch (error) {
      this.#unallocated.lose();
      // Where there is no transaction any more, the attempt to roll it back has the last word, which tells nothing.
      throw reason ?? error;
    }
  }

  async truncateLog(before: LogPosition): Promise<number> {
    const removed = this.#log.truncate(before);
    this.#unallocated.note();
    return removed;
  }

  async newestCheckIns(): Promise<number> {
    return this.#checkIns.newest();
  }

  async keepCurrent(slices: readonly number[]): Promise<void> {
    this.#checkIns.keep(slices);
    this.#unallocated.note();
  }

  async truncateCheckIns(upTo: number): Promise<number> {
    const removed = this.#checkIns.truncate(upTo);
    this.#unallocated.note();
    return removed;
  }

  async bringHome(): Promise<void> {
    this.#database.pragma("wal_checkpoint(PASSIVE)");
  }

  async scrub(slice: ScrubSlice): Promise<Scrubbed> {
    if (slice === "first") this.#unallocated.begin();
    if (!this.#emptyLog()) return "blocked";
    // In the file itself deleted rows are overwritten (`secure_delete`), copies of them are not.
    this.#database.pragma("shrink_memory");
    return this.#unallocated.clearSlice() ? "whole" : "in part";
  }

  #emptyLog(): boolean {
    this.#database.pragma(`busy_timeout = ${patience.ofScrub}`);
    try {
      return this.#database.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) === 0;
    } finally {
      this.#database.pragma(`busy_timeout = ${patience.usual}`);
    }
  }

  async close(): Promise<void> {
    this.#database.pragma("wal_checkpoint(TRUNCATE)");
    await this.#queries.destroy();
    this.#unallocated.close();
  }

  /** One caller's batch inside the shared transaction: all of it or nothing. */
  async #alone(transaction: Transaction<Schema>, batch: Batch, context: WriteContext): Promise<Settled> {
    await sql`savepoint batch`.execute(transaction);
    try {
      const outcomes: unknown[] = [];
      for (const write of batch) outcomes.push(await runWrite(write, transaction, context));
      await sql`release batch`.execute(transaction);
      return { outcomes };
    } catch (error) {
      if (this.#database.inTransaction) {
        await sql`rollback to batch`.execute(transaction);
        await sql`release batch`.execute(transaction);
      }
      return { refused: error ?? new Error("a write failed without a reason") };
    }
  }
}
