/** The log of check-ins, and the current values that it is written back to, in the connection that writes and at start. */
import type { Database } from "better-sqlite3";
import { decodeEntry, encodeCheckIns, encodeEntry } from "./check-in-entries.ts";
import { type CurrentReader, type CurrentValues, withCheckIns } from "./current-values.ts";

/** What is current in a transaction that brings these check-ins. */
export function currentWith(current: CurrentReader, checkIns: Uint8Array | null): CurrentReader {
  return checkIns ? withCheckIns(current, decodeEntry(checkIns).checkIns) : current;
}

/** Entries that are removed in one transaction. */
const truncatedAtOnce = 2_000;

export class CheckInLogWriter {
  readonly #insert: (body: Uint8Array) => void;
  readonly #keep: (slices: readonly number[]) => void;
  readonly newest: () => number;
  /** Removes the first entries up to, and with, a number; tells how many. */
  readonly truncate: (upTo: number) => number;

  constructor(database: Database, current: CurrentValues) {
    const insert = database.prepare<[number, Uint8Array]>(
      "insert into check_in_log (seq, body) values (?, ?)",
    );
    const put = database.prepare<[number, Uint8Array]>(
      "insert into current_values (slice, body) values (?, ?) on conflict (slice) do update set body = excluded.body",
    );
    this.#keep = database.transaction((slices: readonly number[]) => {
      for (const slice of slices) put.run(slice, current.bytesOf(slice));
    });
    const newest = database.prepare<[], number | null>("select max(seq) from check_in_log").pluck();
    this.newest = () => newest.get() ?? 0;
    // Never one again in this process, even where the log was emptied: somebody may be about to cut it up to there.
    let last = this.newest();
    this.#insert = (body) => insert.run(++last, body);
    const remove = database.prepare<[number, number]>(
      "delete from check_in_log where seq <= min(?, (select min(seq) from check_in_log) + ?)",
    );
    this.truncate = (upTo) => remove.run(upTo, truncatedAtOnce - 1).changes;
  }

  /** In the transaction that is open: its check-ins, and which installations it ended, as far as `current` has any. */
  enter(checkIns: Uint8Array | null, gone: readonly number[], current: CurrentReader): void {
    const known = gone.filter((ordinal) => current.laterAt(ordinal, 0) !== null);
    if (checkIns === null && known.length === 0) return;
    this.#insert(encodeEntry(checkIns ?? encodeCheckIns([]), known));
  }

  keep(slices: readonly number[]): void {
    this.#keep(slices);
  }
}

/** Reads what is kept, and what the log has behind it. Tells the ordinals that are not kept as they are. */
export function loadCurrent(database: Database, current: CurrentValues): readonly number[] {
  const slices = database.prepare<[], { slice: number; body: Uint8Array }>(
    "select slice, body from current_values",
  );
  for (const { slice, body } of slices.iterate()) current.putBytes(slice, body);
  const touched = new Set<number>();
  const ended = new Set<number>();
  const entries = database.prepare<[], { body: Uint8Array }>("select body from check_in_log order by seq");
  for (const { body } of entries.iterate()) {
    const { checkIns, gone } = decodeEntry(body);
    for (const each of checkIns) {
      current.set(each);
      touched.add(each.installation);
    }
    for (const ordinal of gone) ended.add(ordinal);
  }
  // No ordinal is used twice: what ended stays so.
  for (const ordinal of ended) current.clear(ordinal);
  return [...touched, ...ended];
}
