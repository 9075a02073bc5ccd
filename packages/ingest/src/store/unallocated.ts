/**
 * What `secure_delete` leaves: SQLite overwrites a row where it is deleted, but when it rearranges a page it leaves
 * copies of rows that have moved in the space that is allocated to none. A row that is deleted later may so stand in
 * the file still. This overwrites that space in every page of a database (file format: sqlite.org/fileformat2, 1.6).
 */
import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from "node:fs";

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

/** Bytes that are read at once, and looked through in a few milliseconds. */
const slice = 8 * 2 ** 20;

/** The file of a database that this process alone has open, while nothing is written to it. */
export class UnallocatedSpace {
  readonly #file: string;
  readonly #zeros: Buffer;
  readonly #pageSize: number;
  #descriptor: number | null = null;

  constructor(file: string, pageSize: number) {
    this.#file = file;
    this.#pageSize = pageSize;
    this.#zeros = Buffer.alloc(pageSize);
  }

  /**
   * Overwrites it in every page and syncs the file. To be called when the write-ahead log is empty; pages that a
   * connection has in memory have to be let go of, or they bring back what was overwritten.
   */
  clear(): void {
    for (let from: number | null = 0; from !== null; ) from = this.clearSlice(from, []);
  }

  /**
   * The same for the pages of one slice, which begins at this byte, and for some of any place. Tells where the next
   * begins; null when that was the last. What is written between two slices can move what stands in a page not yet
   * cleared to one that was: those pages have to be among the others.
   */
  clearSlice(from: number, others: Iterable<number>): number | null {
    this.#descriptor ??= openSync(this.#file, "r+");
    const part = Buffer.alloc(Math.max(slice, this.#pageSize));
    const read = readSync(this.#descriptor, part, 0, part.length, from);
    let written = this.#clearPart(this.#descriptor, part.subarray(0, read), from);
    for (const number of others) {
      const at = (number - 1) * this.#pageSize;
      const page = part.subarray(0, readSync(this.#descriptor, part, 0, this.#pageSize, at));
      written = this.#clearPart(this.#descriptor, page, at) || written;
    }
    if (written) fdatasyncSync(this.#descriptor);
    return read < part.length ? null : from + read;
  }

  /** Only once the connections are closed: with a descriptor of a file a process lets go of all its locks on it. */
  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #clearPart(descriptor: number, part: Buffer, at: number): boolean {
    let written = false;
    for (let start = 0; start + this.#pageSize <= part.length; start += this.#pageSize) {
      if ((at + start) / this.#pageSize >= mostPages)
        throw new Error(`${this.#file} has too many pages to clear`);
      const page = part.subarray(start, start + this.#pageSize);
      const [from, to] = unallocatedIn(page, at + start === 0) ?? [0, 0];
      const nothing = this.#zeros.subarray(0, to - from);
      if (page.subarray(from, to).equals(nothing)) continue;
      writeSync(descriptor, nothing, 0, nothing.length, at + start + from);
      written = true;
    }
    return written;
  }
}
