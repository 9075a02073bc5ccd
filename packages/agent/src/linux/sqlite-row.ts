/** One row of an SQLite table (sqlite.org/fileformat2.html#record_format): its columns, read when they are asked for. */
import type { PartlyRead } from "../collecting/collector.ts";
import { Malformed, partOf } from "./partly-read.ts";

/** A header is a few bytes for each column. */
const longestHeader = 4_096;
const longestText = 64 * 1024;
const longestVarint = 9;

/** Columns by their names in lower case; undefined is what is NULL, of another kind, or not there. */
export interface SqliteRow {
  /** The row's number, which stands for a column that is an INTEGER PRIMARY KEY. */
  readonly id: number;
  text(column: string): string | undefined;
  integer(column: string): number | undefined;
  /** Bytes, of which parts can be read. */
  blob(column: string): PartlyRead | undefined;
}

/** `names` of the table's columns, in their order. */
export function sqliteRow(id: number, payload: PartlyRead, names: readonly string[]): SqliteRow {
  const columns = columnsOf(payload);
  const named = (name: string): Column => columns[names.indexOf(name)] ?? nothing;
  return {
    id,
    text(column) {
      const { type, start, size } = named(column);
      if (type < 13 || type % 2 === 0) return undefined;
      if (size > longestText) throw new Malformed("has a text that is too long");
      return partOf(payload, start, size).read(0, size).toString("utf8");
    },
    integer(column) {
      const { type, start, size } = named(column);
      if (type === 8 || type === 9) return type - 8;
      if (type < 1 || type > 6) return undefined;
      return signed(partOf(payload, start, size).read(0, size));
    },
    blob(column) {
      const { type, start, size } = named(column);
      return type < 12 || type % 2 === 1 ? undefined : partOf(payload, start, size);
    },
  };
}

interface Column {
  /** The kind of value, and how long it is. */
  readonly type: number;
  readonly start: number;
  readonly size: number;
}
const nothing: Column = { type: 0, start: 0, size: 0 };

function columnsOf(payload: PartlyRead): readonly Column[] {
  const [headerSize, first] = varint(payload.read(0, longestVarint), 0);
  if (headerSize > longestHeader) throw new Malformed("has a row with too many columns");
  const begin = payload.read(0, headerSize);
  const columns: Column[] = [];
  let start = headerSize;
  for (let at = first; at < headerSize; ) {
    const [type, next] = varint(begin, at);
    const size = sizeOf(type);
    columns.push({ type, start, size });
    start += size;
    at = next;
  }
  return columns;
}

/** NULL, integers of six sizes, a float, the integers 0 and 1, two that are reserved; then bytes and texts. */
const fixedSizes = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0] as const;
const sizeOf = (type: number): number => fixedSizes[type] ?? Math.floor((type - 12) / 2);

/** Beyond 2^53 it is inexact, and nothing that anybody wants. */
function signed(bytes: Buffer): number {
  return bytes.length <= 6 ? bytes.readIntBE(0, bytes.length) : Number(bytes.readBigInt64BE(0));
}

/** What begins a part of CREATE TABLE that declares no column. */
const constraints: ReadonlySet<string> = new Set(["constraint", "primary", "unique", "check", "foreign"]);

/** Names of a table's columns in lower case, by the statement that made it; what was added later stands at its end. */
export function columnNames(sql: string): string[] {
  const [begin, end] = [sql.indexOf("("), sql.lastIndexOf(")")];
  if (begin === -1 || end === -1) return [];
  const lines = topLevelParts(sql.slice(begin + 1, end));
  return lines.flatMap((line) => {
    const [, quoted, plain] = /^\s*(?:["'`[]([^"'`\]]+)["'`\]]|(\w+))/.exec(line) ?? [];
    if (quoted !== undefined) return [quoted.toLowerCase()];
    return plain === undefined || constraints.has(plain.toLowerCase()) ? [] : [plain.toLowerCase()];
  });
}

/** Parts between commas, except those in brackets. */
function topLevelParts(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

/** A number of up to nine bytes, and where the next one begins. */
export function varint(bytes: Buffer, start: number): readonly [value: number, next: number] {
  let value = 0;
  for (let at = start; at < start + 8; at++) {
    const byte = bytes.readUInt8(at);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + 1];
  }
  return [value * 256 + bytes.readUInt8(start + 8), start + 9];
}
