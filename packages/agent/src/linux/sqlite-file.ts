/**
 * SQLite databases (sqlite.org/fileformat2.html), read and nothing else: the rows of a table, page by page, with the
 * pages that are still in the write-ahead log. No index, no SQL, no lock; what is damaged costs what it holds.
 */
import type { PartlyRead } from "../collecting/collector.ts";
import { chained, inBlocks, inMemory, Malformed, type Pages } from "./partly-read.ts";
import { type Salvaged, salvaged } from "./salvaged.ts";
import { readSqliteLog, type SqliteLog } from "./sqlite-log.ts";
import { columnNames, type SqliteRow, sqliteRow, varint } from "./sqlite-row.ts";

const headerBytes = 100;
/** More levels than a tree of 2^32 pages has. */
const mostLevels = 40;
const interiorPage = 5;
const leafPage = 13;

/**
 * What `visit` makes of each row of a table; undefined when there is no such table. Rows are good until it returns.
 * Throws `Malformed` when the file is no database or its list of tables cannot be read.
 *
 * @param log the file beside it that ends in `-wal`
 */
export function sqliteTable<T>(
  file: PartlyRead,
  log: PartlyRead | undefined,
  name: string,
  visit: (row: SqliteRow) => T | undefined,
): Salvaged<T> | undefined {
  const database = openDatabase(file, log);
  const table = tableNamed(database, name);
  return table && valuesOf(database, table, visit);
}

interface Database {
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Those of them that are used. */
  readonly usable: number;
  /** Pages of the whole database. */
  readonly size: number;
  /** Some bytes of a page (the first is number 1). Good until the next call. */
  read(page: number, position: number, length: number): Buffer;
  readonly overflow: Pages;
}

function openDatabase(file: PartlyRead, logFile: PartlyRead | undefined): Database {
  const header = file.read(0, headerBytes);
  if (header.length < headerBytes || header.toString("latin1", 0, 16) !== "SQLite format 3\0")
    throw new Malformed("is no SQLite database");
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const usable = pageSize - header.readUInt8(20);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || usable < 480)
    throw new Malformed("has no page size");
  if (header.readUInt32BE(56) > 1) throw new Malformed("is not in UTF-8");

  const log: SqliteLog = logFile ? readSqliteLog(logFile, pageSize) : { pages: new Map(), size: 0 };
  const blocks = inBlocks(file);
  const size = log.size || Math.floor(file.size / pageSize);
  const read = (page: number, position: number, length: number): Buffer => {
    if (page < 1 || page > size) throw new Malformed("names a page that it does not have");
    const logged = log.pages.get(page);
    return logged === undefined || !logFile
      ? blocks.read((page - 1) * pageSize + position, length)
      : logFile.read(logged + position, length);
  };
  return { pageSize, usable, size, read, overflow: overflowPages({ usable, size, read }) };
}

/** Every page is in one chain at most, so that more steps than pages are a circle. */
function overflowPages({ usable, size, read }: Pick<Database, "usable" | "size" | "read">): Pages {
  let steps = 0;
  return {
    capacity: usable - 4,
    read: (page, position, length) => read(page, 4 + position, length),
    next(page) {
      if (++steps > size) throw new Malformed("goes in circles");
      return read(page, 0, 4).readUInt32BE(0);
    },
  };
}

interface Table {
  /** The page on which it begins. */
  readonly root: number;
  readonly columns: readonly string[];
}

/** The list of tables is a table itself. */
const tableOfTables: Table = { root: 1, columns: ["type", "name", "tbl_name", "rootpage", "sql"] };

function tableNamed(database: Database, name: string): Table | undefined {
  const { values, damaged } = valuesOf(database, tableOfTables, (row) => {
    if (row.text("type") !== "table" || row.text("name") !== name) return undefined;
    return { root: row.integer("rootpage") ?? 0, columns: columnNames(row.text("sql") ?? "") };
  });
  if (values.length === 0 && damaged > 0) throw new Malformed("has a damaged list of tables");
  return values[0];
}

function valuesOf<T>(
  database: Database,
  { root, columns }: Table,
  visit: (row: SqliteRow) => T | undefined,
): Salvaged<T> {
  const seen = new Set<number>();
  return salvaged((tried, values) => {
    const visitPage = (number: number, level: number): void => {
      if (seen.has(number) || level > mostLevels) throw new Malformed("goes in circles");
      seen.add(number);
      const page = Buffer.from(database.read(number, 0, database.usable));
      const { cells, children } = parsePage(page, number === 1 ? headerBytes : 0);
      for (const child of children) tried(() => visitPage(child, level + 1));
      for (const cell of cells)
        tried(() => {
          const value = visit(rowAt(database, columns, page, cell));
          if (value !== undefined) values.push(value);
        });
    };
    tried(() => visitPage(root, 0));
  });
}

/** Where the cells of a leaf begin, or the pages below an interior page. */
function parsePage(page: Buffer, start: number): { cells: readonly number[]; children: readonly number[] } {
  const type = page.readUInt8(start);
  if (type !== interiorPage && type !== leafPage)
    throw new Malformed("has something else in a table's place");
  const pointers = start + (type === leafPage ? 8 : 12);
  const count = page.readUInt16BE(start + 3);
  const cells = Array.from({ length: count }, (_, index) => page.readUInt16BE(pointers + 2 * index));
  if (type === leafPage) return { cells, children: [] };
  return { cells: [], children: [...cells.map((at) => page.readUInt32BE(at)), page.readUInt32BE(start + 8)] };
}

function rowAt(
  { usable, overflow }: Database,
  columns: readonly string[],
  page: Buffer,
  cell: number,
): SqliteRow {
  const [size, idAt] = varint(page, cell);
  const [id, at] = varint(page, idAt);
  const local = localSize(size, usable);
  const head = page.subarray(at, at + local);
  if (head.length < local) throw new Malformed("has a row that ends too early");
  const payload =
    local < size ? chained(head, size, page.readUInt32BE(at + local), overflow) : inMemory(head);
  return sqliteRow(id, payload, columns);
}

/** Bytes of a row that stand on its own page; the rest follows on others. */
function localSize(size: number, usable: number): number {
  const most = usable - 35;
  if (size <= most) return size;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const local = least + ((size - least) % (usable - 4));
  return local <= most ? local : least;
}
