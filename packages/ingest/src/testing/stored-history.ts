/** The history of a device of the tests, read from the store beside its server. */
import SqliteDatabase from "better-sqlite3";
import { documentHistory, type Version } from "../records/history.ts";
import { pathsIn } from "../store/data-directory.ts";
import { protocolScope } from "../store/scope.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { TestServer } from "./test-server.ts";

/** Every kept version of a section of the one installation with this ordinal, the latest first. */
export async function historyOf(
  { directory }: TestServer,
  installation: number,
  section: string,
): Promise<readonly Version[]> {
  const store = await openSqliteStore(pathsIn(directory).database);
  try {
    return await store.read(documentHistory, protocolScope, { installation, section });
  } finally {
    await store.close();
  }
}

/** Bytes of documents that are stored of an installation, history included. */
export function bytesOf({ directory }: TestServer, installation: number): number {
  const database = new SqliteDatabase(pathsIn(directory).database, { readonly: true });
  const sum = (table: string) =>
    Number(
      database
        .prepare(`select coalesce(sum(length(body)), 0) from ${table} where installation = ?`)
        .pluck()
        .get(installation),
    );
  const bytes = sum("sections") + sum("section_history");
  database.close();
  return bytes;
}
