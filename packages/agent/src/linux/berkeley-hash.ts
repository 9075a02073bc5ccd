/**
 * Hash databases of Berkeley DB (src/dbinc/db_page.h of libdb), in which rpm kept its packages before 4.16: the values
 * that are too large for their page, and lie on chains of others, as those of rpm's `Packages` do.
 */
import type { PartlyRead } from "../collecting/collector.ts";
import { chained, inBlocks, Malformed, type Pages } from "./partly-read.ts";
import { type Salvaged, salvaged } from "./salvaged.ts";

const metadataBytes = 512;
const pageHeaderBytes = 26;
const magic = 0x061561;
const noHead = Buffer.alloc(0);

const pageTypes = { unsortedHash: 2, overflow: 7, hashMetadata: 8, hash: 13 } as const;
/** The kind of an item that lies on other pages. */
const offPage = 3;

/** What `visit` makes of each large value. Throws `Malformed` when the file is no such database. */
export function berkeleyValues<T>(
  file: PartlyRead,
  visit: (value: PartlyRead) => T | undefined,
): Salvaged<T> {
  const layout = layoutOf(file.read(0, metadataBytes), file.size);
  const blocks = inBlocks(file);
  const next = new Uint32Array(layout.pages);
  const large: { readonly first: number; readonly size: number }[] = [];
  return salvaged((tried, values) => {
    for (let page = 1; page < layout.pages; page++)
      tried(() => {
        const header = blocks.read(page * layout.pageSize, pageHeaderBytes);
        const type = header.readUInt8(25);
        if (type === pageTypes.overflow) next[page] = layout.uint32(header, 16);
        if (type !== pageTypes.hash && type !== pageTypes.unsortedHash) return;
        large.push(...largeValues(blocks.read(page * layout.pageSize, layout.pageSize), layout));
      });
    const pages = overflowPages(blocks, next, layout);
    for (const { first, size } of large)
      tried(() => {
        const value = visit(chained(noHead, size, first, pages));
        if (value !== undefined) values.push(value);
      });
  });
}

interface Layout {
  readonly pageSize: number;
  /** How many there are. */
  readonly pages: number;
  /** Numbers are in the byte order of the machine that made the file. */
  uint16(bytes: Buffer, at: number): number;
  uint32(bytes: Buffer, at: number): number;
}

function layoutOf(metadata: Buffer, size: number): Layout {
  if (metadata.length < metadataBytes) throw new Malformed("is no Berkeley DB");
  const little = metadata.readUInt32LE(12) === magic;
  if (!little && metadata.readUInt32BE(12) !== magic) throw new Malformed("is no Berkeley DB hash");
  const uint16 = (bytes: Buffer, at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const uint32 = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const pageSize = uint32(metadata, 20);
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0)
    throw new Malformed("has no page size");
  if (metadata.readUInt8(24) !== 0) throw new Malformed("is encrypted");
  if (metadata.readUInt8(25) !== pageTypes.hashMetadata) throw new Malformed("is no hash");
  return { pageSize, pages: Math.floor(size / pageSize), uint16, uint32 };
}

/** Items are keys and values by turns; an index at the beginning says where each begins. */
function largeValues(page: Buffer, { uint16, uint32 }: Layout) {
  const count = uint16(page, 20);
  const items = Array.from({ length: count }, (_, item) => uint16(page, pageHeaderBytes + 2 * item));
  return items
    .filter((at, item) => item % 2 === 1 && page.readUInt8(at) === offPage)
    .map((at) => ({ first: uint32(page, at + 4), size: uint32(page, at + 8) }));
}

/** Every page is in one chain at most, so that more steps than pages are a circle. */
function overflowPages(blocks: PartlyRead, nexts: Uint32Array, { pageSize, pages }: Layout): Pages {
  let steps = 0;
  return {
    capacity: pageSize - pageHeaderBytes,
    read: (page, position, length) => blocks.read(page * pageSize + pageHeaderBytes + position, length),
    next(page) {
      if (++steps > pages) throw new Malformed("goes in circles");
      return nexts[page] ?? 0;
    },
  };
}
