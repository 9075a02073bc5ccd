/**
 * How a set lies in an index file: a checksum (CRC-32 of what follows), the count, then the sorted numbers or the bits;
 * the count says which. Numbers lie as the machine has them (little-endian on every platform that Node runs on here).
 */
import { crc32 } from "node:zlib";
import { type Container, fromSorted, wordsOfBits } from "./containers.ts";
import { IndexDamaged } from "./index-damaged.ts";

const header = 8;
/** A set of more than this is bits; see containers.ts. */
const bytesOfBits = wordsOfBits * 4;

export function encodeContainer({ count, values, words }: Container): Buffer {
  const content = values ?? words;
  const bytes = Buffer.allocUnsafe(header + content.byteLength);
  bytes.set(new Uint8Array(content.buffer, content.byteOffset, content.byteLength), header);
  bytes.writeUInt32LE(count, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** Throws `IndexDamaged` where the bytes are not those of a set. The set may look into the bytes that were handed in. */
export function decodeContainer(bytes: Buffer): Container {
  if (bytes.length < header || bytes.readUInt32LE(0) !== crc32(bytes.subarray(4)))
    throw new IndexDamaged("a set does not match its checksum");
  const count = bytes.readUInt32LE(4);
  const content = aligned(bytes);
  if (count * 2 === content.byteLength && count * 2 <= bytesOfBits)
    return fromSorted(new Uint16Array(content.buffer, content.byteOffset, count));
  if (content.byteLength === bytesOfBits && count * 2 > bytesOfBits && count <= bytesOfBits * 8)
    return { count, values: null, words: new Uint32Array(content.buffer, content.byteOffset, wordsOfBits) };
  throw new IndexDamaged("a set is not as long as it says");
}

/** What stands behind the header, at an address from which words can be read. */
function aligned(bytes: Buffer): Uint8Array {
  const content = bytes.subarray(header);
  return content.byteOffset % 4 === 0 ? content : Uint8Array.from(content);
}
