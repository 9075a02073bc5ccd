/** rpm's own database, `Packages.db` (lib/backend/ndb/rpmpkg.c of rpm, which SUSE uses): slots that name blobs. */
import type { PartlyRead } from "../collecting/collector.ts";
import { inBlocks, Malformed, partOf } from "./partly-read.ts";
import { type Salvaged, salvaged } from "./salvaged.ts";

/** The slots' pages begin with the file's header, which takes the place of two slots. */
const slotBytes = 16;
const slotPageBytes = 4_096;
const headerBytes = 2 * slotBytes;
/** Half a million packages. */
const mostSlotPages = 2_048;
const blobHeaderBytes = 16;

const word = (text: string): number => Buffer.from(text).readUInt32LE(0);
const magic = { database: word("RpmP"), slot: word("Slot"), blob: word("BlbS") } as const;

/** What `visit` makes of each blob. Throws `Malformed` when the file is none of these. */
export function ndbValues<T>(file: PartlyRead, visit: (blob: PartlyRead) => T | undefined): Salvaged<T> {
  const header = file.read(0, headerBytes);
  if (
    header.length < headerBytes ||
    header.readUInt32LE(0) !== magic.database ||
    header.readUInt32LE(4) !== 0
  )
    throw new Malformed("is no ndb database");
  const pages = header.readUInt32LE(12);
  if (pages > mostSlotPages) throw new Malformed("has too many slots");
  const slots = Buffer.from(file.read(headerBytes, pages * slotPageBytes - headerBytes));
  const blocks = inBlocks(file);
  let left = file.size;
  return salvaged((tried, values) => {
    for (let at = 0; at < slots.length; at += slotBytes)
      tried(() => {
        if (slots.readUInt32LE(at) !== magic.slot) throw new Malformed("has a damaged slot");
        const number = slots.readUInt32LE(at + 4);
        if (number === 0) return;
        const blob = blobAt(blocks, slots.readUInt32LE(at + 8) * slotBytes, number);
        left -= blob.size;
        if (left < 0) throw new Malformed("has slots that share a blob");
        const value = visit(blob);
        if (value !== undefined) values.push(value);
      });
  });
}

function blobAt(file: PartlyRead, start: number, number: number): PartlyRead {
  const header = file.read(start, blobHeaderBytes);
  if (header.readUInt32LE(0) !== magic.blob || header.readUInt32LE(4) !== number)
    throw new Malformed("has a slot without its blob");
  return partOf(file, start + blobHeaderBytes, header.readUInt32LE(12));
}
