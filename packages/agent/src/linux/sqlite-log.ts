/** SQLite's write-ahead log (sqlite.org/fileformat2.html#walformat): pages that are not yet in the database file. */

import type { PartlyRead } from "../collecting/collector.ts";

const headerBytes = 32;
const frameHeaderBytes = 24;
const magic = 0x377f0682;

export interface SqliteLog {
  /** Where the newest committed version of a page begins in the log, by the page's number. */
  readonly pages: ReadonlyMap<number, number>;
  /** Pages of the whole database after the last commit; 0 when nothing was committed. */
  readonly size: number;
}

/** The log's last committed state. What is torn, of an earlier round or of another page size is none of it. */
export function readSqliteLog(log: PartlyRead, pageSize: number): SqliteLog {
  const pages = new Map<number, number>();
  const nothing = { pages, size: 0 };
  const header = Buffer.from(log.read(0, headerBytes));
  if (header.length < headerBytes || (header.readUInt32BE(0) | 1) !== (magic | 1)) return nothing;
  const sum = checksum(header.readUInt32BE(0) === magic);
  sum.add(header, 0, headerBytes - 8);
  if (header.readUInt32BE(8) !== pageSize || !sum.isAt(header, headerBytes - 8)) return nothing;

  let size = 0;
  const uncommitted = new Map<number, number>();
  const frameBytes = frameHeaderBytes + pageSize;
  for (let at = headerBytes; at + frameBytes <= log.size; at += frameBytes) {
    const frame = log.read(at, frameBytes);
    const isOfThisRound = frame.compare(header, 16, 24, 8, 16) === 0;
    if (frame.length < frameBytes || !isOfThisRound) break;
    sum.add(frame, 0, 8);
    sum.add(frame, frameHeaderBytes, pageSize);
    if (!sum.isAt(frame, 16)) break;
    uncommitted.set(frame.readUInt32BE(0), at + frameHeaderBytes);
    const sizeAfterCommit = frame.readUInt32BE(4);
    if (sizeAfterCommit === 0) continue;
    size = sizeAfterCommit;
    for (const [page, start] of uncommitted) pages.set(page, start);
    uncommitted.clear();
  }
  return { pages, size };
}

/** Over pairs of 32-bit words; each frame goes on from the one before. */
function checksum(littleEndian: boolean) {
  let first = 0;
  let second = 0;
  return {
    add(bytes: Buffer, start: number, length: number): void {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = start; at < start + length; at += 8) {
        first = (first + view.getUint32(at, littleEndian) + second) >>> 0;
        second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0;
      }
    },
    isAt: (bytes: Buffer, at: number): boolean =>
      bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second,
  };
}
