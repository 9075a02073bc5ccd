/** LZ4 frames (lz4_Frame_format.md), in which apt keeps its lists where it is told to save space. */
import type { PartlyRead } from "../collecting/collector.ts";

const magic = 0x184d2204;
const window = 64 * 1024;
/** So much is decoded before anybody looks at it. */
const batch = 1024 * 1024;
/** Of what blocks hold, by the number in the frame's descriptor. */
const blockBytes: ReadonlyMap<number, number> = new Map([
  [4, 64 * 1024],
  [5, 256 * 1024],
  [6, 1024 * 1024],
  [7, 4 * 1024 * 1024],
]);

/**
 * Decodes a file, handing on what there is bit by bit; `take` says how much of it was of use, and gets the rest
 * again with what follows. Throws where the file is no such frame, or broken.
 */
export function decodeLz4(file: PartlyRead, take: (bytes: Buffer, isLast: boolean) => number): void {
  const header = viewOf(file.read(0, 19));
  if (header.byteLength < 7 || header.getUint32(0, true) !== magic) throw new Error("no LZ4 frame");
  const flags = header.getUint8(4);
  const largest = blockBytes.get((header.getUint8(5) >> 4) & 7);
  if (flags >> 6 !== 1 || largest === undefined) throw new Error("an LZ4 frame of another version");
  const checksum = (flags & 0x10) === 0 ? 0 : 4;
  let at = 7 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4);
  const out = new Decoded(largest, take);
  for (;;) {
    const size = viewOf(file.read(at, 4)).getUint32(0, true);
    if (size === 0) break;
    const length = size & 0x7fff_ffff;
    if (length > largest) throw new Error("an LZ4 block is too long");
    const block = file.read(at + 4, length);
    if (block.length < length) throw new Error("an LZ4 frame is cut short");
    out.add(block, size > 0x7fff_ffff);
    at += 4 + length + checksum;
  }
  out.end();
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** What was decoded and is still needed: as the window of what follows, or because nobody had use for it yet. */
class Decoded {
  readonly #bytes: Buffer;
  readonly #take: (bytes: Buffer, isLast: boolean) => number;
  /** What has been taken ends here. */
  #taken = 0;
  #end = 0;

  constructor(largestBlock: number, take: (bytes: Buffer, isLast: boolean) => number) {
    this.#bytes = Buffer.allocUnsafe(window + 2 * batch + largestBlock + slack);
    this.#take = take;
  }

  add(block: Uint8Array, isPlain: boolean): void {
    if (isPlain) {
      this.#bytes.set(block, this.#end);
      this.#end += block.length;
    } else this.#end = decodeBlock(block, this.#bytes, this.#end);
    if (this.#end - this.#taken >= batch) this.#handOn(false);
  }

  end(): void {
    this.#handOn(true);
  }

  #handOn(isLast: boolean): void {
    this.#taken += this.#take(this.#bytes.subarray(this.#taken, this.#end), isLast);
    const kept = Math.max(0, Math.min(this.#taken, this.#end - window));
    if (this.#end - kept > window + batch) throw new Error("what is in an LZ4 frame has no end");
    this.#bytes.copyWithin(0, kept, this.#end);
    this.#taken -= kept;
    this.#end -= kept;
  }
}

/** Copies go four bytes at a time and may write a little further than they should. */
const slack = 4;

/** Decodes one block behind what is there already; returns where it ends. Throws where it leads out of the buffer. */
function decodeBlock(block: Uint8Array, out: Buffer, from: number): number {
  const [source, target] = [viewOf(block), viewOf(out)];
  const limit = out.length - slack;
  let at = 0;
  let end = from;
  for (;;) {
    const token = block[at++] ?? 0;
    let literals = token >> 4;
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = block[at++] ?? 0;
    if (at + literals > block.length || end + literals > limit) throw new Error("an LZ4 block is broken");
    if (at + literals + slack > block.length) out.set(block.subarray(at, at + literals), end);
    else
      for (let number = 0; number < literals; number += 4)
        target.setInt32(end + number, source.getInt32(at + number));
    end += literals;
    at += literals;
    if (at >= block.length) return end;
    const distance = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) for (let more = 255; more === 255; length += more) more = block[at++] ?? 0;
    if (distance === 0 || distance > end || end + length > limit) throw new Error("an LZ4 block is broken");
    const start = end - distance;
    // Nearer than four bytes, what is copied is only being written.
    if (distance < 4)
      for (let number = 0; number < length; number++) out[end + number] = out[start + number] ?? 0;
    else
      for (let number = 0; number < length; number += 4)
        target.setInt32(end + number, target.getInt32(start + number));
    end += length;
  }
}
