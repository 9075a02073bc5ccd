/** Makes check-ins that wrote no row rows again, for a database that another engine is filled from. */
import type { Database } from "better-sqlite3";
import { loadCurrent } from "./check-in-log.ts";
import { CurrentValues } from "./current-values.ts";
import { markText, plainAnswer } from "./quick-check-in.ts";

/** All or nothing. Nobody else may have the database open. */
export function checkInsToRows(database: Database): void {
  const current = new CurrentValues();
  loadCurrent(database, current);
  const checkedIn = database.prepare<[number, string, string, number, number, number], number>(
    `update installations set counter = ?, check_in_nonce = ?, check_in_answer = ?, check_in_at = ?
     where ordinal = ? and counter < ? returning device`,
  );
  const seen = database.prepare<[number, number]>("update devices set last_seen_at = ? where ordinal = ?");
  database.transaction(() => {
    for (const { installation, counter, mark, at, intervalSeconds } of current.all()) {
      const answer = JSON.stringify(plainAnswer(intervalSeconds));
      const device = checkedIn.pluck().get(counter, markText(mark), answer, at, installation, counter);
      if (device !== undefined) seen.run(at, device);
    }
    database.exec("delete from check_in_log; delete from current_values");
  })();
}
