/** Checksums (CRC-32) of rows of an index file: one that was altered is noticed when it is read. */
import { crc32 } from "node:zlib";
import { IndexDamaged } from "./index-damaged.ts";

/** What stands in the row, its checksum aside. A text follows its length, since it may hold any character. */
type Columns = readonly (string | number)[];

export const rowChecksum = (columns: Columns): number =>
  crc32(columns.map((each) => (typeof each === "string" ? `${each.length} ${each}` : each)).join(" "));

/** Throws `IndexDamaged`. */
export function demandChecksum(columns: Columns, checksum: number): void {
  if (rowChecksum(columns) !== checksum) throw new IndexDamaged("a row does not match its checksum");
}
