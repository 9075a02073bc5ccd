/** The data directory: made 0700, owned by one process at a time. */
import { chmodSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import SqliteDatabase from "better-sqlite3";

export interface DataDirectory {
  readonly path: string;
  readonly database: string;
  readonly controlSocket: string;
  readonly agentSocket: string;
  readonly requestLog: string;
  release(): void;
}

/** Where things are in a data directory, whether or not anybody owns it. */
export function pathsIn(directory: string): Omit<DataDirectory, "release"> {
  const path = resolve(directory);
  return {
    path,
    database: join(path, "rollcall.db"),
    controlSocket: join(path, "control.sock"),
    agentSocket: join(path, "agent.sock"),
    requestLog: join(path, "requests.log"),
  };
}

/** Thrown when another process owns the directory. */
export class DirectoryInUse extends Error {}

/**
 * Takes ownership. The lock is one that the operating system lets go of however the process ends: an exclusive
 * transaction on a database of its own, held open.
 */
export function ownDataDirectory(directory: string): DataDirectory {
  const paths = pathsIn(directory);
  mkdirSync(paths.path, { recursive: true, mode: 0o700 });
  chmodSync(paths.path, 0o700);
  const lock = new SqliteDatabase(join(paths.path, "lock"));
  try {
    lock.pragma("busy_timeout = 0");
    lock.pragma("journal_mode = MEMORY");
    lock.exec("begin exclusive");
  } catch (cause) {
    lock.close();
    if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("SQLITE_BUSY"))
      throw new DirectoryInUse(`${paths.path} is in use by another rollcall process`, { cause });
    throw new Error(`${lock.name} cannot be used as the lock of the data directory`, { cause });
  }
  return { ...paths, release: () => lock.close() };
}
