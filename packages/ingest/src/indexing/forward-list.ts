/**
 * What a device put into the index: the numbers of its terms, ascending, and its keys. A checksum (CRC-32) first, then
 * numbers of seven bits a byte (LEB128), of terms the distance to the one before.
 */
import { crc32 } from "node:zlib";
import { IndexDamaged } from "./index-damaged.ts";

/** Folded it is always the same: by other rules of folding an index is made anew. */
export interface Key {
  readonly field: number;
  readonly shown: string;
}

export interface ForwardList {
  /** Ascending, each once. */
  readonly terms: Uint32Array;
  readonly keys: readonly Key[];
}

export const nothing: ForwardList = { terms: new Uint32Array(0), keys: [] };

const checksumBytes = 4;
/** Of a number of 32 bits. */
const mostBytes = 5;

export function encodeForwardList({ terms, keys }: ForwardList): Buffer {
  const texts = keys.map(({ shown }) => Buffer.from(shown));
  const textBytes = texts.reduce((sum, text) => sum + text.length + mostBytes, 0);
  const room = checksumBytes + (terms.length + 2 + keys.length) * mostBytes + textBytes;
  const writer = new Writer(Buffer.allocUnsafe(room));
  writer.number(terms.length);
  let before = 0;
  for (const term of terms) {
    writer.number(term - before);
    before = term;
  }
  writer.number(keys.length);
  for (const [at, text] of texts.entries()) {
    writer.number(keys[at]?.field ?? 0);
    writer.text(text);
  }
  return writer.finish();
}

/** Throws `IndexDamaged` where the bytes are not those of a list. */
export function decodeForwardList(bytes: Buffer): ForwardList {
  if (bytes.length < checksumBytes || bytes.readUInt32LE(0) !== crc32(bytes.subarray(checksumBytes)))
    throw new IndexDamaged("what a device put into it does not match its checksum");
  const reader = new Reader(bytes);
  const terms = new Uint32Array(reader.count());
  let before = 0;
  for (let at = 0; at < terms.length; at++) {
    before += reader.number();
    terms[at] = before;
  }
  const keys = Array.from({ length: reader.count() }, (): Key => {
    return { field: reader.number(), shown: reader.text() };
  });
  return { terms, keys };
}

class Writer {
  readonly #bytes: Buffer;
  #at = checksumBytes;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  text(text: Buffer): void {
    this.number(text.length);
    this.#at += text.copy(this.#bytes, this.#at);
  }

  finish(): Buffer {
    const written = this.#bytes.subarray(0, this.#at);
    written.writeUInt32LE(crc32(written.subarray(checksumBytes)), 0);
    return written;
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = checksumBytes;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || shift > 28) throw new IndexDamaged("what a device put into it is cut short");
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
      shift += 7;
    }
  }

  /** A number of things, each of a byte at least. */
  count(): number {
    const count = this.number();
    if (count > this.#bytes.length - this.#at)
      throw new IndexDamaged("what a device put into it is cut short");
    return count;
  }

  text(): string {
    const length = this.count();
    this.#at += length;
    return this.#bytes.toString("utf8", this.#at - length, this.#at);
  }
}
