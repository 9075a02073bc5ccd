/** Ways to read parts of what is too large to be read whole: in blocks, a part of a part, along a chain of pages. */
import type { PartlyRead } from "../collecting/collector.ts";

/** What a file of a known format may not say; its message goes to a person. */
export class Malformed extends Error {}

export function inMemory(bytes: Buffer): PartlyRead {
  const read = (position: number, length: number) => bytes.subarray(position, position + Math.max(0, length));
  return { size: bytes.length, read };
}

const empty = Buffer.alloc(0);
const blockBytes = 64 * 1024;
const keptBlocks = 8;

/** A file of which whole blocks are read and a few kept: what lies together costs one call to the system. */
export function inBlocks(file: PartlyRead): PartlyRead {
  /** By number, the one used last at the end. */
  const kept = new Map<number, Buffer>();
  const oldest = () => {
    const [first] = kept;
    if (!first || kept.size < keptBlocks) return Buffer.allocUnsafeSlow(blockBytes);
    kept.delete(first[0]);
    return first[1];
  };
  const block = (number: number): Buffer => {
    const known = kept.get(number);
    const bytes = known ?? oldest();
    if (known) kept.delete(number);
    else fill(bytes, file, number * blockBytes);
    kept.set(number, bytes);
    return bytes;
  };
  return {
    size: file.size,
    read(position, length) {
      const wanted = Math.max(0, Math.min(length, file.size - position));
      const start = position % blockBytes;
      if (start + wanted > blockBytes) return file.read(position, wanted);
      return wanted === 0 ? empty : block((position - start) / blockBytes).subarray(start, start + wanted);
    },
  };
}

function fill(block: Buffer, file: PartlyRead, position: number): void {
  const read = file.read(position, block.length, block);
  if (read.length < Math.min(block.length, file.size - position))
    throw new Malformed("was cut while it was read");
  if (read.buffer !== block.buffer) read.copy(block);
}

/** A part of it as a whole of its own; throws when it is not all there. */
export function partOf(whole: PartlyRead, start: number, size: number): PartlyRead {
  if (start + size > whole.size) throw new Malformed("ends too early");
  return {
    size,
    read: (position, length) => whole.read(start + position, Math.max(0, Math.min(length, size - position))),
  };
}

export interface Pages {
  /** Bytes of a value that each page holds. */
  readonly capacity: number;
  /** Bytes of a value on this page, from a position among them on. Good until the next call. */
  read(page: number, position: number, length: number): Buffer;
  /** The page that goes on where this one ends; 0 for none. */
  next(page: number): number;
}

/** A value of so many bytes that begins with `head` and goes on along a chain of pages. */
export function chained(head: Buffer, size: number, first: number, pages: Pages): PartlyRead {
  const chain = [first];
  const pageAt = (index: number): number => {
    for (let last = chain.at(-1) ?? 0; chain.length <= index; chain.push(last)) last = pages.next(last);
    const page = chain[index] ?? 0;
    if (page === 0) throw new Malformed("a value ends too early");
    return page;
  };
  /** What one page, or the head, has of it. */
  const piece = (position: number, length: number): Buffer => {
    if (position < head.length) return head.subarray(position, position + length);
    const beyond = position - head.length;
    const start = beyond % pages.capacity;
    return pages.read(
      pageAt((beyond - start) / pages.capacity),
      start,
      Math.min(length, pages.capacity - start),
    );
  };
  return {
    size,
    read(position, length) {
      const wanted = Math.max(0, Math.min(length, size - position));
      if (wanted === 0) return empty;
      const begin = piece(position, wanted);
      if (begin.length >= wanted) return begin.subarray(0, wanted);
      const bytes = Buffer.alloc(wanted);
      bytes.set(begin);
      for (let done = begin.length; done < wanted; ) {
        const more = piece(position + done, wanted - done);
        if (more.length === 0) throw new Malformed("a value ends too early");
        bytes.set(more, done);
        done += more.length;
      }
      return bytes;
    },
  };
}
