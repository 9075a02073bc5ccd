/** Looks for a text in everything that a server keeps: files as they are, and the database's values decoded. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import SqliteDatabase from "better-sqlite3";

/** Where the text stands: `file NAME` for bytes of a file, `TABLE.COLUMN` for a value; sorted. */
export function placesOfText(directory: string, text: string): string[] {
  return [
    ...new Set([...inFiles(directory, text), ...inDatabase(join(directory, "rollcall.db"), text)]),
  ].sort();
}

function inFiles(directory: string, text: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text))
    .map(({ name }) => `file ${name}`);
}

function inDatabase(file: string, text: string): string[] {
  const database = new SqliteDatabase(file, { readonly: true });
  try {
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
    return tables.flatMap((table) =>
      database
        .prepare(`select * from ${table}`)
        .all()
        .flatMap((row) => Object.entries(row ?? {}))
        .filter(([, value]) => decoded(value).includes(text))
        .map(([column]) => `${table}.${column}`),
    );
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
