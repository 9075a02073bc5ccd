/**
 * What `secure_delete` leaves: SQLite overwrites a row where it is deleted, but when it rearranges a page it leaves
 * copies of rows that have moved in the space that is allocated to none. A row that is deleted later may so stand in
 * the file still. This overwrites that space in every page of a database (file format: sqlite.org/fileformat2, 1.6).
 */
import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { PageSet } from "./page-set.ts";
import { PagesInLog } from "./pages-in-log.ts";

/** B-tree pages by their first byte, and how long their header is: interior ones name one more page. */
const headerLengths: ReadonlyMap<number, number> = new Map([
  [0x02, 12],
  [0x05, 12],
  [0x0a, 8],
  [0x0d, 8],
]);

/** The database header stands before the first page's own. */
const databaseHeader = 100;

/**
 * From this page number on the first byte of a page that is none of a b-tree, which is the highest of the number of
 * another page, could be taken for a b-tree's; with pages of 4 KiB that is 128 GiB.
 */
const mostPages = 2 ** 25;

/** Offsets of the unallocated space in a page: behind the cells' pointers, before their content. Null for other pages. */
export function unallocatedIn(page: Buffer, isFirst: boolean): readonly [from: number, to: number] | null {
  const at = isFirst ? databaseHeader : 0;
  const header = headerLengths.get(page.readUInt8(at));
  if (header === undefined) return null;
  const cells = page.readUInt16BE(at + 3);
  // 0 stands for 65,536, which does not fit.
  const content = page.readUInt16BE(at + 5) || 65_536;
  const from = at + header + 2 * cells;
  return from <= content && content <= page.length ? [from, content] : null;
}

/** Pages that are looked through in one slice besides those that were written since the one before: 8 MB, a few milliseconds. */
const slice = 2_048;

/** Pages that are read at once where they follow each other. */
const readAtOnce = 256;

/**
 * The file of a database that one connection writes, in this thread. It knows which pages were written since they were
 * cleared last; of what was before it opened it knows nothing, so that the first time it clears all of them.
 */
export class UnallocatedSpace {
  readonly #database: Database;
  readonly #log: PagesInLog;
  readonly #zeros: Buffer;
  readonly #pages: Buffer;
  readonly #pageSize: number;
  /** Written since the last slice, or since the last time. */
  readonly #written = new PageSet();
  /** What this time has still to clear. */
  readonly #rest = new PageSet();
  #isKnown = false;
  #descriptor: number | null = null;

  constructor(database: Database) {
    this.#database = database;
    this.#pageSize = Number(database.pragma("page_size", { simple: true }));
    this.#log = new PagesInLog(`${database.name}-wal`, this.#pageSize);
    this.#zeros = Buffer.alloc(this.#pageSize);
    this.#pages = Buffer.alloc(readAtOnce * this.#pageSize);
  }

  /** To be called after each transaction of the connection: what that wrote may have to be cleared. */
  note(): void {
    try {
      this.#log.read((page) => this.#written.add(page));
    } catch {
      this.lose();
    }
  }

  /** To be called where it is not known what a transaction wrote. */
  lose(): void {
    this.#isKnown = false;
  }

  /** Before the first slice: what was written until now has to be cleared. */
  begin(): void {
    for (const page of this.#written.take(Number.POSITIVE_INFINITY)) this.#rest.add(page);
  }

  /**
   * Overwrites it in some of those pages, and syncs the file; true when none is left. What was written between two
   * slices can have moved what stands in a page not yet cleared: those pages are among them. To be called when the
   * write-ahead log is empty; pages that the connection has in memory have to be let go of, or they bring back what was
   * overwritten.
   */
  clearSlice(): boolean {
    if (!this.#isKnown) this.#addAll();
    this.#descriptor ??= openSync(this.#database.name, "r+");
    const numbers = [...this.#written.take(Number.POSITIVE_INFINITY), ...this.#rest.take(slice)];
    let written = false;
    for (const run of runsOf(numbers)) written = this.#clearRun(this.#descriptor, run) || written;
    if (written) fdatasyncSync(this.#descriptor);
    return this.#rest.isEmpty;
  }

  /** Only once the connections are closed: with a descriptor of a file a process lets go of all its locks on it. */
  close(): void {
    this.#log.close();
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #addAll(): void {
    const last = Number(this.#database.pragma("page_count", { simple: true }));
    if (last >= mostPages) throw new Error(`${this.#database.name} has too many pages to clear`);
    for (let page = 1; page <= last; page++) this.#rest.add(page);
    this.#isKnown = true;
  }

  #clearRun(descriptor: number, { first, count }: Run): boolean {
    const start = (first - 1) * this.#pageSize;
    const length = readSync(descriptor, this.#pages, 0, count * this.#pageSize, start);
    let written = false;
    for (let at = 0; at + this.#pageSize <= length; at += this.#pageSize) {
      const page = this.#pages.subarray(at, at + this.#pageSize);
      const [from, to] = unallocatedIn(page, start + at === 0) ?? [0, 0];
      const nothing = this.#zeros.subarray(0, to - from);
      if (page.subarray(from, to).equals(nothing)) continue;
      writeSync(descriptor, nothing, 0, nothing.length, start + at + from);
      written = true;
    }
    return written;
  }
}

/** Pages that follow each other. */
interface Run {
  readonly first: number;
  readonly count: number;
}

function runsOf(pages: readonly number[]): Run[] {
  const runs: { first: number; count: number }[] = [];
  for (const page of pages) {
    const last = runs.at(-1);
    if (last && page === last.first + last.count && last.count < readAtOnce) last.count++;
    else runs.push({ first: page, count: 1 });
  }
  return runs;
}
