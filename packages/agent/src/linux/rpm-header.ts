/** rpm's header (rpm.org/docs/4.20.x/manual/format_header.html): what its database holds of each package. */
import { type PartlyRead, present } from "../collecting/collector.ts";
import { Malformed } from "./partly-read.ts";

/** One installed package, as `rpm -qa` would tell it. */
export interface RpmPackage {
  readonly name: string;
  readonly epoch?: number;
  readonly version: string;
  readonly release: string;
  readonly architecture?: string;
  readonly vendor?: string;
  /** Bytes. */
  readonly size?: number;
  /** Seconds since 1970. */
  readonly installedAt?: number;
  /** File name of the source package. */
  readonly sourceRpm?: string;
}

/** Numbers of rpm's own bounds (hdrchkTags, hdrchkData). */
const mostEntries = 0xffff;
const mostBytes = 256 * 2 ** 20;
const longestString = 512;

/** Tags that are wanted, with the kind of their value. */
const tags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  installedAt: 1008,
  size: 1009,
  vendor: 1011,
  architecture: 1022,
  sourceRpm: 1044,
  longSize: 5009,
} as const;
const wanted: ReadonlySet<number> = new Set(Object.values(tags));

const int32 = 4;
const int64 = 5;
const string = 6;

interface Entry {
  readonly type: number;
  /** In the whole. */
  readonly start: number;
}

/** Throws `Malformed` when it is no header, or one without a name and version. */
export function readRpmHeader(bytes: PartlyRead): RpmPackage {
  const entries = entriesOf(bytes);
  const text = (tag: number) => stringAt(bytes, entries.get(tag));
  const number = (tag: number) => numberAt(bytes, entries.get(tag));
  // In the order in which they lie, so that a long header is read once.
  const [name, version, release] = [text(tags.name), text(tags.version), text(tags.release)];
  if (name === undefined || version === undefined || release === undefined)
    throw new Malformed("has a package without name or version");
  return present({
    name,
    version,
    release,
    // None is the same as zero.
    epoch: number(tags.epoch) || undefined,
    size: number(tags.size) ?? number(tags.longSize),
    vendor: text(tags.vendor),
    architecture: text(tags.architecture),
    sourceRpm: text(tags.sourceRpm),
    installedAt: number(tags.installedAt),
  });
}

/** Two counts, an index of so many entries, so many bytes of values; the last entry of a tag counts. */
function entriesOf(bytes: PartlyRead): ReadonlyMap<number, Entry> {
  const counts = bytes.read(0, 8);
  const [count, size] = [counts.readUInt32BE(0), counts.readUInt32BE(4)];
  const values = 8 + count * 16;
  if (count === 0 || count > mostEntries || size > mostBytes || values + size > bytes.size)
    throw new Malformed("has a package with a damaged header");
  const index = bytes.read(8, count * 16);
  const entries = new Map<number, Entry>();
  for (let at = 0; at < index.length; at += 16) {
    const tag = index.readUInt32BE(at);
    if (!wanted.has(tag)) continue;
    const offset = index.readInt32BE(at + 8);
    if (offset < 0 || offset >= size) throw new Malformed("has a package with a damaged header");
    entries.set(tag, { type: index.readUInt32BE(at + 4), start: values + offset });
  }
  return entries;
}

function stringAt(bytes: PartlyRead, entry: Entry | undefined): string | undefined {
  if (entry?.type !== string) return undefined;
  const begin = bytes.read(entry.start, longestString);
  const end = begin.indexOf(0);
  return end < 1 ? undefined : begin.toString("utf8", 0, end).trim() || undefined;
}

function numberAt(bytes: PartlyRead, entry: Entry | undefined): number | undefined {
  if (entry?.type === int32) return bytes.read(entry.start, 4).readUInt32BE(0);
  if (entry?.type === int64) return Number(bytes.read(entry.start, 8).readBigUInt64BE(0));
  return undefined;
}
