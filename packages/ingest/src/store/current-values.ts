/**
 * What moves at every check-in, kept current in memory, by the installation's ordinal. A check-in that changes nothing
 * else writes no row: it stands here and in the log of check-ins. So of an installation two are known, that of its row
 * and that of here, and the one with the higher counter is the latest: counters only go up.
 */
import { Column, mostOrdinals, perSlice } from "./column.ts";
import type { QuickCheckIn } from "./quick-check-in.ts";

/** Columns of a row of `installations`, as far as they are asked for. */
export interface CheckInColumns {
  readonly ordinal: number;
  readonly counter: number;
}

export interface CurrentReader {
  /** The latest check-in that wrote no row; null where there was none, or the row has a later one. */
  later(row: CheckInColumns): QuickCheckIn | null;
  /** When that was; null as above. For what goes through many devices. */
  laterAt(installation: number, counter: number): number | null;
}

/** Knows of nothing but rows. */
export const nothingCurrent: CurrentReader = { later: () => null, laterAt: () => null };

/** The columns in memory, for another thread. */
export interface CurrentBuffers {
  readonly counters: SharedArrayBuffer;
  readonly marks: SharedArrayBuffer;
  readonly times: SharedArrayBuffer;
  readonly intervals: SharedArrayBuffer;
}

/** The largest number that has room in a column. */
const mostOfWord = 2 ** 32 - 1;

/** One thread writes it, that which hands transactions in; each other sees it through the same memory. */
export class CurrentValues implements CurrentReader {
  readonly #counters: Column<Uint32Array>;
  readonly #marks: Column<Uint32Array>;
  readonly #times: Column<Float64Array>;
  readonly #intervals: Column<Uint32Array>;

  /** Those of another thread, or new ones. */
  constructor(buffers?: CurrentBuffers) {
    this.#counters = new Column(Uint32Array, 1, buffers?.counters);
    this.#marks = new Column(Uint32Array, 1, buffers?.marks);
    this.#times = new Column(Float64Array, 1, buffers?.times);
    this.#intervals = new Column(Uint32Array, 1, buffers?.intervals);
  }

  get #columns() {
    return [this.#times, this.#counters, this.#marks, this.#intervals] as const;
  }

  get buffers(): CurrentBuffers {
    return {
      counters: this.#counters.buffer,
      marks: this.#marks.buffer,
      times: this.#times.buffer,
      intervals: this.#intervals.buffer,
    };
  }

  /** Ordinals that there is room for without growing. */
  get room(): number {
    this.#counters.reach(mostOrdinals);
    return this.#counters.values.length;
  }

  later({ ordinal, counter }: CheckInColumns): QuickCheckIn | null {
    const at = this.laterAt(ordinal, counter);
    if (at === null) return null;
    return {
      installation: ordinal,
      counter: this.#counters.values[ordinal] ?? 0,
      mark: this.#marks.values[ordinal] ?? 0,
      at,
      intervalSeconds: this.#intervals.values[ordinal] ?? 0,
    };
  }

  laterAt(installation: number, counter: number): number | null {
    if (!this.#counters.reach(installation) || (this.#counters.values[installation] ?? 0) <= counter)
      return null;
    for (const column of [this.#times, this.#marks, this.#intervals]) column.reach(installation);
    return this.#times.values[installation] ?? 0;
  }

  /** Whether a check-in has room here. */
  takes({ installation, counter, intervalSeconds }: Omit<QuickCheckIn, "at" | "mark">): boolean {
    return installation < mostOrdinals && counter <= mostOfWord && intervalSeconds <= mostOfWord;
  }

  set({ installation, counter, mark, at, intervalSeconds }: QuickCheckIn): void {
    for (const column of this.#columns) column.grow(installation);
    // One that is read again after a crash may be older than what is here.
    if ((this.#counters.values[installation] ?? 0) >= counter) return;
    this.#times.values[installation] = at;
    this.#marks.values[installation] = mark;
    this.#intervals.values[installation] = intervalSeconds;
    this.#counters.values[installation] = counter;
  }

  /** Of an installation that is gone. */
  clear(installation: number): void {
    for (const column of this.#columns) if (column.reach(installation)) column.values[installation] = 0;
  }

  /** A slice of all columns, to be kept: that of `perSlice` ordinals. */
  bytesOf(slice: number): Buffer {
    for (const column of this.#columns) column.reach((slice + 1) * perSlice - 1);
    return Buffer.concat(this.#columns.map((column) => column.bytesOf(slice, (slice + 1) * perSlice)));
  }

  /** Puts back what `bytesOf` gave. */
  putBytes(slice: number, bytes: Uint8Array): void {
    let from = 0;
    for (const column of this.#columns) {
      const length = perSlice * column.bytesEach;
      column.putBytes(slice, bytes.subarray(from, from + length));
      from += length;
    }
    if (from !== bytes.length)
      throw new Error(`a slice of current values has ${bytes.length} bytes, not ${from}`);
  }

  /** Every check-in that is here. */
  *all(): Generator<QuickCheckIn> {
    for (let ordinal = 0; ordinal < this.room; ordinal++) {
      const found = this.later({ ordinal, counter: 0 });
      if (found) yield found;
    }
  }
}

/** What is current within a transaction that brings check-ins of its own: they come first in it. */
export function withCheckIns(current: CurrentReader, checkIns: readonly QuickCheckIn[]): CurrentReader {
  const own = new Map(checkIns.map((each) => [each.installation, each]));
  const later = (row: CheckInColumns) => {
    const found = own.get(row.ordinal);
    return found && found.counter > row.counter ? found : current.later(row);
  };
  return { later, laterAt: (ordinal, counter) => later({ ordinal, counter })?.at ?? null };
}
