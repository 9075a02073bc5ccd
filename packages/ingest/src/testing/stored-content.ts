/** Looks for a text in everything that a server keeps: files as they are, and the database's values decoded. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { z } from "zod";
import { decodeIds } from "../records/item-ids.ts";
import { longItem } from "../records/item-text.ts";
import { decodeRecord } from "../records/record-codec.ts";
import { wordsIn } from "../records/record-words.ts";
import { joinItems } from "../records/split-items.ts";
import { isFrame } from "../records/stored-document.ts";

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
    const present = presentDocuments(database);
    if (present.some(({ body }) => body.includes(text))) inRows.push("records.body");
    return inHistory(database, present, text) ? [...inRows, "section_history.body"] : inRows;
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

interface Present {
  /** Installation and section. */
  readonly of: string;
  /** What the record has of it, and the document put together again. */
  readonly body: Buffer;
  readonly document: Buffer;
}

const recordRow = z.object({ installation: z.int(), body: z.instanceof(Buffer) });
const nameRow = z.object({ number: z.int(), name: z.string() });
const dictionaryRow = z.object({ number: z.int(), digest: z.string(), body: z.instanceof(Buffer) });

function presentDocuments(database: Database): Present[] {
  const all = (table: string) => database.prepare(`select * from ${table}`).all();
  const names = z.array(nameRow).parse(all("section_names"));
  const words = wordsIn({ names, dictionaries: z.array(dictionaryRow).parse(all("dictionaries")) });
  return z
    .array(recordRow)
    .parse(all("records"))
    .flatMap(({ installation, body: record }) =>
      decodeRecord(record, words).flatMap(({ name, items, body }) => {
        const bytes = body();
        if (!bytes) return [];
        const plain = isFrame(bytes) ? zstdDecompressSync(bytes) : Buffer.from(bytes);
        const document = items ? withItems(database, plain, items) : plain;
        return [{ of: `${installation} ${name}`, body: plain, document }];
      }),
    );
}

const version = z.object({
  installation: z.int(),
  name: z.string(),
  whole: z.int(),
  body: z.instanceof(Buffer),
});

/** Earlier versions are read from the present one backwards: each but the whole ones with the next newer as dictionary. */
function inHistory(database: Database, present: readonly Present[], text: string): boolean {
  const newer = new Map(present.map(({ of, document }) => [of, document]));
  const rows = database
    .prepare("select installation, name, whole, body from section_history order by id desc")
    .all();
  return z
    .array(version)
    .parse(rows)
    .some(({ installation, name, whole, body }) => {
      const of = `${installation} ${name}`;
      const dictionary = whole === 0 ? newer.get(of) : undefined;
      const plain = zstdDecompressSync(body, dictionary ? { dictionary } : {});
      newer.set(of, plain);
      return plain.includes(text);
    });
}

/** A present document, put together again. */
function withItems(database: Database, rest: Buffer, items: Uint8Array): Buffer {
  const bodyOf = database.prepare("select body from items where id = ?").pluck();
  const lists = decodeIds(items).map((ids) =>
    ids.map((id) => longItem(z.string().parse(bodyOf.get(id)))).join("\n"),
  );
  return Buffer.from(joinItems({ rest, lists }));
}
