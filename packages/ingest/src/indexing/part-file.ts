/**
 * A part of the index: one SQLite file for 16 blocks of 65,536 devices, with a dictionary and a position of its own, so
 * that it can be read, lost and made anew alone. Derived, never the truth.
 */
import { join } from "node:path";
import { catalogueDigest } from "@rollcall/protocol";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { IndexDamaged } from "./index-damaged.ts";

/** Another one is made anew. */
const partVersion = 5;

/** What values there are and how they are folded follows from these; an index that was made by others is made anew. */
const madeBy = `${catalogueDigest} unicode ${process.versions.unicode}`;

/** Devices of a block, and the bits of an ordinal that name it within. */
const blockBits = 16;
/** Blocks of a part. */
const partBits = 4;

/** By its ordinal: the part of the index that a device is in, its block, and its number in that block. */
export const partOf = (ordinal: number): number => Math.floor(ordinal / 2 ** (blockBits + partBits));
export const blockOf = (ordinal: number): number => Math.floor(ordinal / 2 ** blockBits);
export const numberIn = (ordinal: number): number => ordinal % 2 ** blockBits;
export const ordinalOf = (block: number, number: number): number => block * 2 ** blockBits + number;

/** A term's set in a block; those of a block lie together. Below 2^53, for a block has 16 bits. */
export const bitmapId = (block: number, term: number): number => block * 2 ** 32 + term;
export const bitmapOf = (id: number): { readonly block: number; readonly term: number } => {
  return { block: Math.floor(id / 2 ** 32), term: id % 2 ** 32 };
};

/** The term that every device of the index has. */
export const everyDevice = 0;

/** How far a log was followed: all entries of this server up to this number are in. */
export interface Position {
  readonly server: number;
  readonly seq: number;
}

/** How far each log is in all of these parts. */
export function lowestPosition(parts: readonly (readonly Position[])[]): Position[] {
  const servers = new Set(parts.flat().map(({ server }) => server));
  return [...servers].map((server) => ({
    server,
    seq: Math.min(...parts.map((part) => part.find((each) => each.server === server)?.seq ?? 0)),
  }));
}

/**
 * - `fields`: what values are of. One name may stand there several times, since sections differ in whether a value is
 *   sensitive and found by a bare word.
 * - `names`: what is shown of terms of a field, each text once, and folded where that is another text; its number is
 *   that of the first term that was shown so. A number is shown as an empty text.
 * - `terms`: what many devices share, by name. A title has its version (empty: none) and source; a title's versions lie
 *   side by side in the unique index.
 * - `bitmaps`: who has a term, block by block; term 0 is had by all. New devices touch the end of it only. By one number
 *   (`bitmapId`): a key of two columns would put sets into the inner pages of the tree, and looking one up takes 15 times
 *   as long.
 * - `keys`: values that are close to unique, such as serial numbers; what is shown is empty where it is what is folded.
 * - `forward`: what a device put into the index, so that it can be taken out again.
 * - `orders`: what lists are sorted by.
 * - `parts`: in the first part, which others there are: one that is missing is noticed.
 * - `made_by`: the definitions that its values follow from.
 */
const tables = `
  create table fields (
    id integer primary key, name text not null, kind text not null, sensitive integer not null,
    words integer not null, unique (name, kind, sensitive, words)
  );
  create table names (
    id integer primary key, field integer not null, shown text not null, folded text, checksum integer not null
  );
  create unique index names_by_text on names (field, shown);
  create index names_by_folded on names (field, folded) where folded is not null;
  create table terms (
    id integer primary key, name integer not null, version text not null, source text not null,
    number real not null, checksum integer not null
  );
  create unique index terms_by_name on terms (name, version, source, number);
  create table bitmaps (id integer primary key, body blob not null);
  create table keys (
    field integer not null, folded text not null, ordinal integer not null, shown text not null,
    checksum integer not null, primary key (field, folded, ordinal, shown)
  ) without rowid;
  create table forward (ordinal integer primary key, body blob not null);
  create table orders (ordinal integer primary key, sort_name text not null);
  create index orders_by_name on orders (sort_name, ordinal);
  create table position (server integer primary key, seq integer not null);
  create table parts (part integer primary key);
  create table made_by (what text not null);
  create table next_term (id integer not null);
  insert into next_term values (1);
`;

/** The blocks that a part may have, ascending. To ask a table of sets for them would read all of it. */
export const blocksOf = (part: number): number[] =>
  Array.from({ length: 2 ** partBits }, (_, at) => part * 2 ** partBits + at);

export const partFile = (directory: string, part: number): string => join(directory, `part-${part}.db`);

/** The part that a file of this name holds; null for other files. */
export function partIn(name: string): number | null {
  const digits = /^part-(0|[1-9]\d*)\.db$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Opens a part to write to it, and makes it where there is none. Throws `IndexDamaged` where it has to be made anew. */
export function openPart(file: string): Database {
  const database = new SqliteDatabase(file);
  try {
    database.pragma("journal_mode = WAL");
    // What a crash of the machine takes with it is computed again from the log.
    database.pragma("synchronous = NORMAL");
    database.pragma("secure_delete = ON");
    database.pragma("busy_timeout = 5000");
    const version = Number(database.pragma("user_version", { simple: true }));
    if (version === 0) makeTables(database);
    else demandOurs(database, version);
    return database;
  } catch (error) {
    database.close();
    throw damageOf(error);
  }
}

/** Opens a part to ask it; null where there is none yet. Throws `IndexDamaged` where it has to be made anew. */
export function openPartToRead(file: string): Database | null {
  let database: Database | null = null;
  try {
    database = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
    database.pragma("busy_timeout = 5000");
    // KiB: what was asked for a moment ago is asked for again.
    database.pragma("cache_size = -16384");
    const version = Number(database.pragma("user_version", { simple: true }));
    demandOurs(database, version);
    return database;
  } catch (error) {
    database?.close();
    if (codeOf(error) === "SQLITE_CANTOPEN") return null;
    throw damageOf(error);
  }
}

function makeTables(database: Database): void {
  database.transaction(() => {
    database.exec(tables);
    database.prepare("insert into made_by values (?)").run(madeBy);
    database.pragma(`user_version = ${partVersion}`);
  })();
}

function demandOurs(database: Database, version: number): void {
  if (version !== partVersion) throw new IndexDamaged(`it has the version ${version}`);
  const what = database.prepare("select what from made_by").pluck().get();
  if (what !== madeBy) throw new IndexDamaged("it was made by other definitions");
}

/** What SQLite says of a file that is none of its own, or not whole. */
const damaged: ReadonlySet<unknown> = new Set(["SQLITE_CORRUPT", "SQLITE_NOTADB"]);

/** The error as it is to be told: damage as such. */
export function damageOf(error: unknown): unknown {
  const code = codeOf(error);
  const isDamage = typeof code === "string" && damaged.has(code.split("_").slice(0, 2).join("_"));
  return isDamage ? new IndexDamaged(code) : error;
}

function codeOf(error: unknown): unknown {
  return error instanceof SqliteDatabase.SqliteError ? error.code : null;
}
