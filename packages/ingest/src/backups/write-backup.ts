/** Makes a backup of a data directory, whether or not a server runs on it: copied, checked, written beside, renamed. */
import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import { syncFolder } from "@rollcall/host";
import { pathsIn } from "../store/data-directory.ts";
import { keyFor } from "./backup-keys.ts";
import { takeCopyFolder } from "./copy-folder.ts";
import { checkCopy, copyDatabase } from "./database-copy.ts";
import { type BackupFile, configName, databaseName, firstLine, type Head, isBackedUp } from "./format.ts";
import { copyPostgres } from "./postgres-copy.ts";
import { digested, sealed } from "./sealing.ts";

export interface BackupOptions {
  /** Path of the backup, where there is nothing yet. */
  readonly file: string;
  /** Public key that it is encrypted to, or null. */
  readonly recipient: string | null;
  /** Whether the server's keys go into it. */
  readonly withKeys: boolean;
  /** `postgres://…` where the database is not the file of the directory. */
  readonly database?: string;
  readonly now: () => number;
}

export interface Backup extends Head {
  /** Bytes of the file. */
  readonly size: number;
}

/** A file of the backup and where its bytes are. */
interface Source {
  readonly name: string;
  readonly path: string;
}

export async function writeBackup(directory: string, options: BackupOptions): Promise<Backup> {
  const { file, recipient, withKeys, database = "", now } = options;
  refuseTaken(file);
  const folder = takeCopyFolder(directory);
  try {
    const at = new Date(now()).toISOString();
    const copy = join(folder.path, databaseName);
    await (database === "" ? copyDatabase(pathsIn(directory).database, copy) : copyPostgres(database, copy));
    const checked = checkCopy(copy);
    const sources = [{ name: databaseName, path: copy }, ...othersIn(directory, withKeys)];
    const files = await Promise.all(sources.map(described));
    const head: Head = { at, ...checked, files };
    await writeBeside(file, (partial) => writeOut(partial, head, sources, recipient));
    return { ...head, size: statSync(file).size };
  } finally {
    folder.release();
  }
}

function othersIn(directory: string, withKeys: boolean): Source[] {
  const keys = join(directory, "keys");
  const names = [configName, ...(withKeys ? readdirSync(keys).map((name) => `keys/${name}`) : [])];
  return names
    .filter(isBackedUp)
    .map((name) => ({ name, path: join(directory, name) }))
    .filter(({ path }) => existsSync(path));
}

async function described({ name, path }: Source): Promise<BackupFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { name, bytes, sha256: hash.digest("hex") };
}

async function writeOut(
  partial: string,
  head: Head,
  sources: readonly Source[],
  recipient: string | null,
): Promise<void> {
  const wrapped = recipient === null ? null : keyFor(recipient);
  const first = Buffer.from(
    firstLine(
      wrapped && recipient !== null
        ? { kind: "x25519", ephemeral: wrapped.ephemeral, recipient }
        : { kind: "plain" },
    ),
  );
  await pipeline(
    contentOf(head, sources),
    createZstdCompress(),
    async function* (source: AsyncIterable<Uint8Array>) {
      yield first;
      yield* wrapped ? sealed(source, wrapped.key, first) : digested(source, first);
    },
    createWriteStream(partial, { mode: 0o600 }),
  );
}

async function* contentOf(head: Head, sources: readonly Source[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(head)}\n`);
  for (const { path } of sources) yield* createReadStream(path);
}

function refuseTaken(file: string): void {
  if (existsSync(file)) throw new Error(`${file} is there already; a backup replaces nothing`);
}

/** Lets `write` write another file, and gives it the name when it is on the disk; whoever took the name meanwhile keeps it. */
async function writeBeside(file: string, write: (partial: string) => Promise<void>): Promise<void> {
  const folder = dirname(file);
  const partial = join(folder, `.${basename(file)}.partial`);
  rmSync(partial, { force: true });
  try {
    await write(partial);
    syncFile(partial);
    refuseTaken(file);
    giveName(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
  syncFolder(folder);
}

function syncFile(path: string): void {
  const handle = openSync(path, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A link never replaces what is there; not every file system has them. */
function giveName(partial: string, file: string): void {
  try {
    linkSync(partial, file);
  } catch (error) {
    if (existsSync(file)) throw error;
    renameSync(partial, file);
  }
}
