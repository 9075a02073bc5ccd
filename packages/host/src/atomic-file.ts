/** Files that are either as before or as meant, whatever happens while they are written. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const temporaryName = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** Replaces the file, readable by its owner alone; on return it is on the disk. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    writeSynced(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

function writeSynced(path: string, content: string | Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes renames and removals in a folder last. Windows has no such call and does not need it. */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Removes what writers left that were killed. Only for who holds the lock: a writer may be at work otherwise. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (temporaryName.test(name)) rmSync(join(folder, name), { force: true });
  }
}
