/** The history of a device of the tests, read from the store beside its server. */
import { documentHistory, storedBytes, type Version } from "../records/history.ts";
import { openRecord } from "../records/open-record.ts";
import { pathsIn } from "../store/data-directory.ts";
import { protocolScope } from "../store/scope.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { holding } from "./altered-database.ts";
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
export function bytesOf(server: TestServer, installation: number): Promise<number> {
  return holding(server, async (queries) =>
    storedBytes(queries, await openRecord(queries, installation), installation),
  );
}
