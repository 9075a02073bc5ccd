/** The store's database as those read it that keep something that follows from it, over connections of their own. */
import type { Kysely } from "kysely";
import { type LogEntry, type LogPosition, type LogReach, LogReader } from "./log.ts";
import { connect as connectPostgres } from "./postgres-dialect.ts";
import { PostgresLogReader } from "./postgres-log.ts";
import type { Schema } from "./schema.ts";
import { connect as connectSqlite } from "./sqlite-writer.ts";

/** What the log is read by. */
export interface LogSource {
  reach(): LogReach | Promise<LogReach>;
  after(position: LogPosition, most: number): readonly LogEntry[] | Promise<readonly LogEntry[]>;
}

export interface Truth {
  readonly queries: Kysely<Schema>;
  readonly log: LogSource;
}

const isPostgres = (database: string): boolean => /^postgres(ql)?:/.test(database);

/** @param database `postgres://…`, or the path of a SQLite file */
export function openTruth(database: string): Truth {
  if (isPostgres(database)) {
    const queries = connectPostgres(database, { max: 2 });
    return { queries, log: new PostgresLogReader(queries) };
  }
  const { database: file, queries } = connectSqlite(database, true);
  return { queries, log: new LogReader(file) };
}
