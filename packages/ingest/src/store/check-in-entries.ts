/**
 * An entry of the log of check-ins: those of one transaction that wrote no row, 16 bytes each, and the ordinals of the
 * installations that it removed. Little-endian words, in groups of what has the interval alike and its times close
 * together, for a clock may be set anywhere.
 */
import type { QuickCheckIn } from "./quick-check-in.ts";

export interface CheckInEntry {
  readonly checkIns: readonly QuickCheckIn[];
  readonly gone: readonly number[];
}

const [headBytes, groupBytes, checkInBytes, wordBytes] = [4, 16, 16, 4];
const furthest = 2 ** 31 - 1;

export function encodeCheckIns(checkIns: readonly QuickCheckIn[]): Buffer {
  const groups = inGroups(checkIns);
  const bytes = Buffer.allocUnsafe(headBytes + groups.length * groupBytes + checkIns.length * checkInBytes);
  let at = bytes.writeUInt32LE(groups.length, 0);
  for (const group of groups) {
    const [first] = group;
    at = bytes.writeUInt32LE(group.length, at);
    at = bytes.writeUInt32LE(first.intervalSeconds, at);
    at = bytes.writeDoubleLE(first.at, at);
    for (const each of group) {
      at = bytes.writeUInt32LE(each.installation, at);
      at = bytes.writeUInt32LE(each.counter, at);
      at = bytes.writeUInt32LE(each.mark, at);
      at = bytes.writeInt32LE(each.at - first.at, at);
    }
  }
  return bytes;
}

/** The whole entry: check-ins as they are encoded, then what is gone. */
export function encodeEntry(checkIns: Uint8Array, gone: readonly number[]): Uint8Array {
  if (gone.length === 0) return checkIns;
  const words = Buffer.allocUnsafe(gone.length * wordBytes);
  for (const [index, ordinal] of gone.entries()) words.writeUInt32LE(ordinal, index * wordBytes);
  return Buffer.concat([checkIns, words]);
}

/** Throws where the bytes are not an entry. */
export function decodeEntry(body: Uint8Array): CheckInEntry {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const groups = bytes.readUInt32LE(0);
  const checkIns: QuickCheckIn[] = [];
  let at = headBytes;
  for (let group = 0; group < groups; group++) {
    const [count, intervalSeconds, first] = [
      bytes.readUInt32LE(at),
      bytes.readUInt32LE(at + wordBytes),
      bytes.readDoubleLE(at + 2 * wordBytes),
    ];
    at += groupBytes;
    for (const end = at + count * checkInBytes; at < end; at += checkInBytes)
      checkIns.push({
        installation: bytes.readUInt32LE(at),
        counter: bytes.readUInt32LE(at + wordBytes),
        mark: bytes.readUInt32LE(at + 2 * wordBytes),
        at: first + bytes.readInt32LE(at + 3 * wordBytes),
        intervalSeconds,
      });
  }
  const gone: number[] = [];
  for (; at < bytes.length; at += wordBytes) gone.push(bytes.readUInt32LE(at));
  return { checkIns, gone };
}

type Group = [QuickCheckIn, ...QuickCheckIn[]];

function inGroups(checkIns: readonly QuickCheckIn[]): Group[] {
  const groups: Group[] = [];
  for (const each of checkIns) {
    const group = groups.at(-1);
    if (group && belongs(each, group[0])) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

const belongs = (each: QuickCheckIn, first: QuickCheckIn): boolean =>
  each.intervalSeconds === first.intervalSeconds && Math.abs(each.at - first.at) <= furthest;
