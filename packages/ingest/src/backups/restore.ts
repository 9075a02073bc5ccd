/**
 * Puts a backup in the place of what a stopped data directory holds. Everything is written beside and checked first;
 * then one rename decides. On PostgreSQL the place is an empty database, which no server uses before it is full. What
 * was deleted since the backup goes at the next start, before the first answer: the ledger of deletions stays where it is.
 */
import type { KeyObject } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncFolder, writeAtomically } from "@rollcall/host";
import SqliteDatabase from "better-sqlite3";
import { readKey } from "../identity/key-file.ts";
import { type DataDirectory, ownDataDirectory } from "../store/data-directory.ts";
import { nameOf } from "../store/postgres-store.ts";
import { restoreFolderIn } from "./copy-folder.ts";
import { checkCopy } from "./database-copy.ts";
import { configName, databaseName, type Head } from "./format.ts";
import { fillPostgres } from "./postgres-copy.ts";
import { readBackup } from "./read-backup.ts";

export interface Restored extends Head {
  /** Files of the backup that were there already, and stay. */
  readonly kept: readonly string[];
  /** What has to be put back by hand before a server can start. */
  readonly missing: readonly string[];
}

/**
 * Throws where the backup is not whole, or not this server's; then the directory is as it was.
 * @param database `postgres://…` where it is not to be the file of the directory
 */
export async function restoreBackup(
  directory: string,
  file: string,
  identity: KeyObject | null,
  database = "",
): Promise<Restored> {
  const owned = ownDataDirectory(directory);
  const folder = restoreFolderIn(owned.path);
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    const head = await readBackup(file, folder, identity);
    const copy = join(folder, databaseName);
    compare(head, copy);
    refuseOtherServer(owned.path, head);
    if (database !== "") await fillPostgres(database, copy);
    const kept = installOthers(owned.path, folder, head);
    // It would be taken for that of what is there now.
    rmSync(owned.index, { recursive: true, force: true });
    if (database === "") replaceFile(owned, copy);
    else writeAtomically(owned.databaseElsewhere, Buffer.from(`${nameOf(database)}\n`));
    syncFolder(owned.path);
    return { ...head, kept, missing: missingIn(owned.path, head, owned.ledger, owned.ledgerKey) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    owned.release();
  }
}

function compare(head: Head, database: string): void {
  if (!existsSync(database)) throw new Error("it holds no database");
  const { server, databaseVersion, rows } = checkCopy(database);
  const found = JSON.stringify([server, databaseVersion, Object.entries(rows).sort()]);
  const told = JSON.stringify([head.server, head.databaseVersion, Object.entries(head.rows).sort()]);
  if (found !== told) throw new Error("its database is not the one that its head describes");
}

function refuseOtherServer(directory: string, { server }: Head): void {
  const key = readKey(join(directory, "keys", "identity.pem"));
  if (key && key.publicKey !== server)
    throw new Error(`it is of server ${server}, this directory has the keys of ${key.publicKey}`);
}

/** Configuration and keys, where there are none: those that are there are newer. */
function installOthers(directory: string, folder: string, { files }: Head): string[] {
  const hasKeys = existsSync(join(directory, "keys", "identity.pem"));
  const kept: string[] = [];
  for (const { name } of files) {
    if (name === databaseName) continue;
    const place = join(directory, name);
    if (name === configName ? existsSync(place) : hasKeys) kept.push(name);
    else {
      mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
      renameSync(join(folder, name), place);
      syncFolder(dirname(place));
    }
  }
  return kept;
}

/**
 * The former database's write-ahead log, which would be taken for the new one's, goes before: brought home first, so that
 * a crash here loses nothing of it.
 */
function replaceFile({ path, database }: DataDirectory, copy: string): void {
  if (existsSync(database)) bringHome(database);
  for (const suffix of ["-wal", "-shm"]) rmSync(`${database}${suffix}`, { force: true });
  syncFolder(path);
  renameSync(copy, database);
}

/** One that is damaged is replaced for that very reason. */
function bringHome(database: string): void {
  try {
    const former = new SqliteDatabase(database);
    former.pragma("wal_checkpoint(TRUNCATE)");
    former.close();
  } catch (error) {
    if (!(error instanceof SqliteDatabase.SqliteError)) throw error;
  }
}

function missingIn(directory: string, head: Head, ledger: string, ledgerKey: string): string[] {
  const deletions = (head.rows.deletions ?? 0) > 0;
  const needed = [join(directory, "keys", "identity.pem"), ...(deletions ? [ledger, ledgerKey] : [])];
  return needed.filter((path) => !existsSync(path));
}
