/**
 * How a set lies in an index file: a checksum (CRC-32 of what follows), the count, then the sorted numbers, each as the
 * distance to the one before, or the bits up to the last one; the count says which. Distances and the count are numbers
 * of seven bits a byte (LEB128), bits lie as the machine has them (little-endian on every platform that Node runs on
 * here).
 */
import { crc32 } from "node:zlib";
import { type Container, empty, fromSorted, mostInArray, wordsOfBits } from "./containers.ts";
import { IndexDamaged } from "./index-damaged.ts";

const checksumBytes = 4;
/** Of a number below 2^21, which a count and a distance are. */
const mostBytes = 3;
const bytesOfBits = wordsOfBits * 4;

export function encodeContainer({ count, values, words }: Container): Buffer {
  const room = checksumBytes + mostBytes + (values ? values.length * mostBytes : bytesOfBits);
  const bytes = Buffer.allocUnsafe(room);
  const from = putNumber(bytes, checksumBytes, count);
  const end = values ? putDistances(bytes, from, values) : putBits(bytes, from, words);
  bytes.writeUInt32LE(crc32(bytes.subarray(checksumBytes, end)), 0);
  return bytes.subarray(0, end);
}

function putNumber(bytes: Uint8Array, from: number, value: number): number {
  let [at, rest] = [from, value];
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}

function putDistances(bytes: Uint8Array, from: number, values: Uint16Array): number {
  let [at, before] = [from, -1];
  for (let each = 0; each < values.length; each++) {
    const value = values[each] ?? 0;
    at = putNumber(bytes, at, value - before - 1);
    before = value;
  }
  return at;
}

function putBits(bytes: Uint8Array, from: number, words: Uint32Array): number {
  let length = words.length;
  while (words[length - 1] === 0) length--;
  bytes.set(new Uint8Array(words.buffer, words.byteOffset, length * 4), from);
  return from + length * 4;
}

/** Throws `IndexDamaged` where the bytes are not those of a set. */
export function decodeContainer(bytes: Buffer): Container {
  if (bytes.length <= checksumBytes || bytes.readUInt32LE(0) !== crc32(bytes.subarray(checksumBytes)))
    throw new IndexDamaged("a set does not match its checksum");
  const { count, from } = countIn(bytes);
  if (count === 0 && from === bytes.length) return empty;
  const decoded = count <= mostInArray ? numbersIn(bytes, from, count) : bitsIn(bytes, from, count);
  if (!decoded) throw new IndexDamaged("a set is not as long as it says");
  return decoded;
}

function countIn(bytes: Uint8Array): { readonly count: number; readonly from: number } {
  let count = 0;
  for (let at = checksumBytes, shift = 0; shift < 7 * mostBytes; shift += 7) {
    const byte = bytes[at++] ?? 0;
    count |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { count, from: at };
  }
  throw new IndexDamaged("a set has too many numbers");
}

function numbersIn(bytes: Uint8Array, from: number, count: number): Container | null {
  const values = new Uint16Array(count);
  let [at, value] = [from, -1];
  for (let each = 0; each < count; each++) {
    let byte = bytes[at++] ?? 0;
    let distance = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 7 * mostBytes; shift += 7) {
      byte = bytes[at++] ?? 0;
      distance |= (byte & 0x7f) << shift;
    }
    value += distance + 1;
    values[each] = value;
  }
  return at === bytes.length && value < 2 ** 16 ? fromSorted(values) : null;
}

function bitsIn(bytes: Uint8Array, from: number, count: number): Container | null {
  const length = bytes.length - from;
  if (length % 4 !== 0 || length > bytesOfBits || count > length * 8) return null;
  const words = new Uint32Array(wordsOfBits);
  new Uint8Array(words.buffer).set(bytes.subarray(from));
  return { count, values: null, words };
}
