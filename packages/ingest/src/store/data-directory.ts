/** The data directory: made 0700, owned by one process at a time. */
import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { whyNotOwn } from "@rollcall/host";
import { holdLock } from "./lock-file.ts";

export interface DataDirectory {
  readonly path: string;
  readonly database: string;
  /** Names the database where it is PostgreSQL. */
  readonly databaseElsewhere: string;
  /** Follows from the database: what is missing in it is made anew. */
  readonly index: string;
  readonly controlSocket: string;
  readonly agentSocket: string;
  readonly requestLog: string;
  /** Not below `keys`, nor in the database: it outlives both and their backups. */
  readonly ledger: string;
  readonly ledgerKey: string;
  release(): void;
}

/** Where things are in a data directory, whether or not anybody owns it. */
export function pathsIn(directory: string): Omit<DataDirectory, "release"> {
  const path = resolve(directory);
  return {
    path,
    database: join(path, "rollcall.db"),
    databaseElsewhere: join(path, "database.txt"),
    index: join(path, "index"),
    controlSocket: join(path, "control.sock"),
    agentSocket: join(path, "agent.sock"),
    requestLog: join(path, "requests.log"),
    ledger: join(path, "deletions.ledger"),
    ledgerKey: join(path, "keys", "ledger.key"),
  };
}

/** What is there before the first start, or left by one that did not come far. A new volume has `lost+found`. */
const leftovers =
  /^(agent|index(\.new)?|keys|lock|backup\.lock|(backup|restore)\.tmp|config\.json|database\.txt|requests(-[0-9-]+)?\.log|deletions\.ledger|rollcall\.db-(wal|shm)|.+\.sock|lost\+found)$/;

/** Whether it may be a data directory: it has a database, or nothing that is somebody else's. */
function mayBeOurs({ path, database }: Pick<DataDirectory, "path" | "database">): boolean {
  const names = readdirSync(path);
  return names.includes(basename(database)) || names.every((name) => leftovers.test(name));
}

/** Thrown when another process owns the directory. */
export class DirectoryInUse extends Error {}

/** Throws when somebody else can write the directory, or put another one in its place. */
function refuseOthers(path: string): void {
  const why = whyNotOwn(path);
  if (why !== null) throw new Error(why);
}

/**
 * Takes ownership of a directory, making it where there is none; one that holds other files is refused as it is.
 */
export function ownDataDirectory(directory: string): DataDirectory {
  const paths = pathsIn(directory);
  refuseOthers(paths.path);
  mkdirSync(paths.path, { recursive: true, mode: 0o700 });
  if (!mayBeOurs(paths)) throw new Error(`${paths.path} holds other files; choose an empty directory`);
  chmodSync(paths.path, 0o700);
  const release = holdLock(join(paths.path, "lock"));
  if (release === null) throw new DirectoryInUse(`${paths.path} is in use by another rollcall process`);
  return { ...paths, release };
}
