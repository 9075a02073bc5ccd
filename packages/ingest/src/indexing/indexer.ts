/**
 * Follows the log: reads devices that changed and merges them into the index, few at once, many together. What it has
 * merged is told by the position that stands in the index itself, so it can be stopped anywhere and be told twice.
 */
import type { IndexWriter } from "./index-writer.ts";
import type { Position } from "./part-file.ts";
import { type ReadDevices, readInSlices } from "./read-devices.ts";

/** One batch of the log: devices that it changed, up to and with this position. */
export interface LogEntry {
  readonly dirty: readonly number[];
  readonly position: Position;
}

/** How merges adapt to what waits. */
const usual = {
  /** Fewer devices than this are merged at once; more wait for others, since a merge rewrites the same bitmaps. */
  few: 200,
  /** Devices of one merge, as long as one entry of the log does not hold more. */
  most: 5_000,
  /** For how long they wait at most, milliseconds. */
  patience: 1_000,
} as const;

export type Pace = { readonly [K in keyof typeof usual]: number };

interface Waiter {
  readonly position: Position;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class Indexer {
  readonly #writer: IndexWriter;
  readonly #read: ReadDevices;
  readonly #failed: (reason: unknown) => void;
  readonly #pace: Pace;
  #entries: LogEntry[] = [];
  /** Devices in those entries; one may be counted more than once. */
  #dirty = 0;
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #failure: { readonly reason: unknown } | null = null;
  #closed = false;

  /** `failed`: is told what a merge failed with, before whoever waits for it; there is no further merge. */
  constructor(
    writer: IndexWriter,
    read: ReadDevices,
    failed: (reason: unknown) => void,
    pace: Partial<Pace> = {},
  ) {
    this.#writer = writer;
    this.#read = read;
    this.#failed = failed;
    this.#pace = { ...usual, ...pace };
  }

  /** Devices that wait to be merged. */
  get backlog(): number {
    return this.#dirty;
  }

  get position(): readonly Position[] {
    return this.#writer.position();
  }

  /** To be told of every entry of the log, in order for each server. */
  tell(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#dirty += entry.dirty.length;
    }
    this.#go();
  }

  /** Resolves when this position is in the index; rejects with what keeps it from getting there. */
  reached(position: Position): Promise<void> {
    if (this.#has(position)) return Promise.resolve();
    if (this.#failure) return Promise.reject(this.#failure.reason);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ position, resolve, reject });
      this.#go();
    });
  }

  /** Does something to the index while nothing is merged. */
  async between<T>(work: (writer: IndexWriter) => T): Promise<T> {
    while (this.#running) await this.#running;
    return work(this.#writer);
  }

  /** Ends after the merge that is under way; what waits is in the log still. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWaiting();
    while (this.#running) await this.#running;
    this.#fail(new Error("the indexer was closed"));
    this.#writer.close();
  }

  #go(): void {
    if (this.#running || this.#closed || this.#failure || this.#entries.length === 0) return;
    const isAwaited =
      this.#waiters.length > 0 || this.#dirty < this.#pace.few || this.#dirty >= this.#pace.most;
    if (isAwaited) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), this.#pace.patience).unref();
  }

  #begin(): void {
    this.#stopWaiting();
    if (this.#running || this.#closed) return;
    this.#running = this.#drain()
      .catch((reason: unknown) => {
        this.#failure = { reason };
        this.#failed(reason);
        this.#fail(reason);
      })
      .finally(() => {
        this.#running = null;
        this.#go();
      });
  }

  #stopWaiting(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** One merge. What it fails with stays: the index has to be made anew. */
  async #drain(): Promise<void> {
    const entries = this.#next();
    const dirty = [...new Set(entries.flatMap((entry) => entry.dirty))];
    this.#writer.merge(await readInSlices(this.#read, dirty), lastOf(entries));
    this.#waiters = this.#waiters.filter((waiter) => {
      if (this.#has(waiter.position)) waiter.resolve();
      return !this.#has(waiter.position);
    });
  }

  #next(): LogEntry[] {
    let [taken, dirty] = [0, 0];
    for (const entry of this.#entries) {
      if (taken > 0 && dirty + entry.dirty.length > this.#pace.most) break;
      dirty += entry.dirty.length;
      taken++;
    }
    this.#dirty -= dirty;
    return this.#entries.splice(0, taken);
  }

  #has({ server, seq }: Position): boolean {
    return this.#writer.position().some((each) => each.server === server && each.seq >= seq);
  }

  #fail(reason: unknown): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
  }
}

/** The last position of each server. */
function lastOf(entries: readonly LogEntry[]): Position[] {
  const last = new Map(entries.map(({ position }) => [position.server, position]));
  return [...last.values()];
}
