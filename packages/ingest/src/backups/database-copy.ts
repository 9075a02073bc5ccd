/** A copy of the database as it is at one moment, taken beside a server that goes on writing; and what is wrong with one. */
import SqliteDatabase, { type Database } from "better-sqlite3";
import { databaseVersion } from "../store/migrate.ts";

/** Pages copied at a time. */
const pagesAtOnce = 4_096;

/**
 * Copies by a connection of its own. What is read stays as it is at the start, so that commits neither wait for the
 * copy nor make it begin again; the write-ahead log only cannot begin anew before its end.
 */
export async function copyDatabase(file: string, copy: string): Promise<void> {
  const database = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
  try {
    database.pragma("busy_timeout = 5000");
    database.exec("begin");
    database.prepare("select count(*) from sqlite_schema").get();
    await database.backup(copy, { progress: () => pagesAtOnce });
  } finally {
    database.close();
  }
}

export interface CheckedCopy {
  readonly server: string;
  readonly databaseVersion: number;
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Looks at every page of a database. Throws with what is wrong. */
export function checkCopy(file: string): CheckedCopy {
  const database = new SqliteDatabase(file, { fileMustExist: true });
  try {
    const version = Number(database.pragma("user_version", { simple: true }));
    if (version < 1) throw new Error("it is no database of Rollcall");
    if (version > databaseVersion)
      throw new Error(
        `it was made by a newer Rollcall (database version ${version}, this program knows ${databaseVersion})`,
      );
    const found: unknown = database.pragma("integrity_check(1)", { simple: true });
    if (found !== "ok") throw new Error(`its database is damaged: ${found}`);
    return { server: serverOf(database), databaseVersion: version, rows: rowsOf(database) };
  } catch (cause) {
    if (!(cause instanceof SqliteDatabase.SqliteError)) throw cause;
    throw new Error(`its database is damaged: ${cause.message}`, { cause });
  } finally {
    // Leaves no write-ahead log beside it.
    database.pragma("journal_mode = DELETE");
    database.close();
  }
}

function serverOf(database: Database): string {
  const id: unknown = database.prepare("select id from server").pluck().get();
  if (typeof id !== "string") throw new Error("its database was never served");
  return id;
}

function rowsOf(database: Database): Readonly<Record<string, number>> {
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name")
    .pluck()
    .all()
    .map(String);
  const count = (table: string) => Number(database.prepare(`select count(*) from "${table}"`).pluck().get());
  return Object.fromEntries(tables.map((table) => [table, count(table)]));
}
