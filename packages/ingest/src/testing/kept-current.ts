/** What every server on SQLite has to leave behind when it is stopped: check-ins written back, and none of who is gone. */
import { existsSync } from "node:fs";
import SqliteDatabase from "better-sqlite3";
import { loadCurrent } from "../store/check-in-log.ts";
import { CurrentValues } from "../store/current-values.ts";

/** Throws where it did not. A test that took the database away asks nothing of it. */
export function demandCurrentKept(file: string): void {
  if (!existsSync(file)) return;
  // Not for reading only: such a connection leaves the files of its write-ahead log behind.
  const database = new SqliteDatabase(file);
  try {
    const current = new CurrentValues();
    const behind = loadCurrent(database, current);
    if (behind.length > 0) throw new Error(`check-ins of ${behind.join(", ")} were not written back`);
    const isThere = database
      .prepare<[number], number>("select 1 from installations where ordinal = ?")
      .pluck();
    for (const { installation } of current.all())
      if (isThere.get(installation) === undefined)
        throw new Error(`a check-in of installation ${installation} is kept, which is gone`);
  } finally {
    database.close();
  }
}
