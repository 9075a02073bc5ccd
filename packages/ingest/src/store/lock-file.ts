/** Locks that the operating system lets go of however their process ends: an exclusive transaction, held open. */
import SqliteDatabase from "better-sqlite3";

/** Takes the lock; what it gives back lets go of it. Null where another process has it. */
export function holdLock(path: string): (() => void) | null {
  const lock = new SqliteDatabase(path);
  try {
    lock.pragma("busy_timeout = 0");
    lock.pragma("journal_mode = MEMORY");
    lock.exec("begin exclusive");
    return () => lock.close();
  } catch (cause) {
    lock.close();
    if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("SQLITE_BUSY"))
      return null;
    throw new Error(`${path} cannot be used as a lock`, { cause });
  }
}
