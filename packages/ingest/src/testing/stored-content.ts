/** Looks for a text in everything that a server keeps: files as they are, and the database's values decoded. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { z } from "zod";
import { decodeIds } from "../records/item-ids.ts";
import { joinItems } from "../records/split-items.ts";

/** Where the text stands: `file NAME` for bytes of a file, `TABLE.COLUMN` for a value; sorted. */
export function placesOfText(directory: string, text: string): string[] {
  return [
    ...new Set([...inFiles(directory, text), ...inDatabase(join(directory, "rollcall.db"), text)]),
  ].sort();
}

/** Looks again where a file was put aside meanwhile, as the request log is each day. */
function inFiles(directory: string, text: string): string[] {
  for (;;) {
    try {
      return filesWith(directory, text);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
}

function filesWith(directory: string, text: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text))
    .map(({ name }) => `file ${name}`);
}

function inDatabase(file: string, text: string): string[] {
  const database = new SqliteDatabase(file, { readonly: true });
  try {
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
    const inRows = tables.flatMap((table) =>
      database
        .prepare(`select * from ${table}`)
        .all()
        .flatMap((row) => Object.entries(row ?? {}))
        .filter(([, value]) => decoded(value).includes(text))
        .map(([column]) => `${table}.${column}`),
    );
    return inHistory(database, text) ? [...inRows, "section_history.body"] : inRows;
  } finally {
    database.close();
  }
}

/** A value as text; what is no zstd frame is read as it is. */
function decoded(value: unknown): string {
  if (!Buffer.isBuffer(value)) return String(value);
  try {
    return zstdDecompressSync(value).toString();
  } catch {
    return value.toString("latin1");
  }
}

const version = z.object({
  installation: z.int(),
  name: z.string(),
  whole: z.int(),
  present: z.int(),
  body: z.instanceof(Buffer),
  items: z.instanceof(Buffer).nullable(),
});

/** Earlier versions are read from the present one backwards: each but the whole ones with the next newer as dictionary. */
function inHistory(database: Database, text: string): boolean {
  const rows = database
    .prepare(
      `select installation, name, 1 as whole, body, items, 1 as present, 0 as id from sections
       where body is not null
       union all select installation, name, whole, body, null, 0, id from section_history
       order by installation, name, present desc, id desc`,
    )
    .all();
  let newer: { readonly of: string; readonly document: Buffer } | undefined;
  return z
    .array(version)
    .parse(rows)
    .some(({ installation, name, whole, present, body, items }) => {
      const of = `${installation} ${name}`;
      const dictionary = whole === 0 && newer?.of === of ? { dictionary: newer.document } : {};
      const plain = zstdDecompressSync(body, dictionary);
      newer = { of, document: items ? withItems(database, plain, items) : plain };
      return present === 0 && newer.document.includes(text);
    });
}

/** A present document, put together again. */
function withItems(database: Database, rest: Buffer, items: Buffer): Buffer {
  const bodyOf = database.prepare("select body from items where id = ?").pluck();
  const lists = decodeIds(items).map((ids) => ids.map((id) => z.string().parse(bodyOf.get(id))).join("\n"));
  return Buffer.from(joinItems({ rest, lists }));
}
