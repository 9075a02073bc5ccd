/** Which pages of a database were written since its write-ahead log was emptied (file format: fileformat2, 4.1). */
import { closeSync, openSync, readSync, statSync } from "node:fs";

const [header, frameHeader] = [32, 24];

/** By their numbers; those are told, too, whose frames count no more, because another was begun at the log's start. */
export function pagesInLog(file: string, pageSize: number): Set<number> {
  const pages = new Set<number>();
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return pages;
  const descriptor = openSync(file, "r");
  try {
    const number = Buffer.alloc(4);
    for (let at = header; at + frameHeader + pageSize <= size; at += frameHeader + pageSize) {
      readSync(descriptor, number, 0, number.length, at);
      pages.add(number.readUInt32BE(0));
    }
    return pages;
  } finally {
    closeSync(descriptor);
  }
}
