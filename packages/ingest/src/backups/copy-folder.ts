/**
 * The folder in the data directory where a backup's copy of the database lies while it is made: readable by the
 * server's account alone, wherever the backup itself goes. A killed backup leaves it there, and with it what may have
 * been deleted since; whoever finds that nobody is at work removes it.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { holdLock } from "../store/lock-file.ts";

export interface CopyFolder {
  readonly path: string;
  /** Removes it with everything in it. */
  release(): void;
}

const placesIn = (directory: string) => ({
  folder: join(directory, "backup.tmp"),
  lock: join(directory, "backup.lock"),
});

/** An empty one. Throws where another backup is being made. */
export function takeCopyFolder(directory: string): CopyFolder {
  const { folder, lock } = placesIn(directory);
  const letGo = holdLock(lock);
  if (letGo === null) throw new Error(`another backup of ${directory} is being made; wait for its end`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  return {
    path: folder,
    release() {
      rmSync(folder, { recursive: true, force: true });
      letGo();
    },
  };
}

/** Removes what a killed backup has left. */
export function removeAbandonedCopy(directory: string): void {
  const { folder, lock } = placesIn(directory);
  if (!existsSync(folder)) return;
  const letGo = holdLock(lock);
  if (letGo === null) return;
  rmSync(folder, { recursive: true, force: true });
  letGo();
}

/** Where a restore unpacks its backup. */
export const restoreFolderIn = (directory: string): string => join(directory, "restore.tmp");

/** What killed backups and restores have left; for who owns the directory. */
export function removeLeftCopies(directory: string): void {
  removeAbandonedCopy(directory);
  rmSync(restoreFolderIn(directory), { recursive: true, force: true });
}
