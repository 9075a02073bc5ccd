/**
 * What records are written with, by number: the names of sections, and the dictionaries that the small documents are
 * compressed against. A dictionary follows from the definitions and changes with them; those of former days stay, for
 * the records that were made with them.
 */
import { hash } from "node:crypto";
import { allSections } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { dictionaryBytes } from "./record-dictionary.ts";

export interface RecordWords {
  /** What is written with now. */
  readonly dictionary: { readonly number: number; readonly bytes: Uint8Array };
  numberOf(name: string): number;
  knows(number: number): boolean;
  /** These throw `UnknownWord`. */
  nameOf(number: number): string;
  dictionaryOf(number: number): Uint8Array;
}

/** A number that stood for nothing when the words were read. */
export class UnknownWord extends Error {
  constructor(what: string, number: number) {
    super(`there is no ${what} ${number}`);
    this.name = "UnknownWord";
  }
}

export interface WordRows {
  readonly names: readonly { readonly number: number; readonly name: string }[];
  readonly dictionaries: readonly {
    readonly number: number;
    readonly digest: string;
    readonly body: Uint8Array;
  }[];
}

let ofDefinitions: { readonly body: Uint8Array; readonly digest: string } | undefined;

/** The dictionary of this program's definitions. */
export function presentDictionary() {
  const body = ofDefinitions?.body ?? dictionaryBytes(allSections);
  ofDefinitions ??= { body, digest: hash("sha256", body, "base64url") };
  return ofDefinitions;
}

export function wordsIn({ names, dictionaries }: WordRows): RecordWords {
  const byNumber = new Map(names.map(({ number, name }) => [number, name]));
  const byName = new Map(names.map(({ number, name }) => [name, number]));
  const bodies = new Map(dictionaries.map(({ number, body }) => [number, body]));
  const { body: bytes, digest } = presentDictionary();
  const now = dictionaries.find((each) => each.digest === digest)?.number;
  return {
    get dictionary() {
      if (now === undefined) throw new Error("the dictionary of the definitions is not stored");
      return { number: now, bytes };
    },
    numberOf: (name) => there(byName.get(name), () => new Error(`section ${name} has no number`)),
    knows: (number) => byNumber.has(number),
    nameOf: (number) => there(byNumber.get(number), () => new UnknownWord("section", number)),
    dictionaryOf: (number) => there(bodies.get(number), () => new UnknownWord("dictionary", number)),
  };
}

function there<T>(value: T | undefined, otherwise: () => Error): T {
  if (value === undefined) throw otherwise();
  return value;
}

/** By engine; what was stored before anybody used the store, and never changes. */
const known = new WeakMap<object, RecordWords>();

/** `again`: what another program has stored since is among them. */
export async function wordsOf(database: Kysely<Schema>, again = false): Promise<RecordWords> {
  const { adapter } = database.getExecutor();
  const words = again ? undefined : known.get(adapter);
  if (words) return words;
  const read = await readWords(database);
  known.set(adapter, read);
  return read;
}

async function readWords(database: Kysely<Schema>): Promise<RecordWords> {
  const names = await database.selectFrom("section_names").selectAll().execute();
  const dictionaries = await database.selectFrom("dictionaries").selectAll().execute();
  return wordsIn({ names, dictionaries });
}

/** Stores what this program writes with, where it is not there. Before anybody uses the store: it is never undone. */
export async function keepWords(
  database: Kysely<Schema>,
  names: readonly string[] = allSections.map(({ name }) => name),
): Promise<void> {
  const there = new Set(
    (await database.selectFrom("section_names").select("name").execute()).map(({ name }) => name),
  );
  for (const name of names.filter((each) => !there.has(each)))
    await database
      .insertInto("section_names")
      .values({ name })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
  const { body, digest } = presentDictionary();
  const stored = database.selectFrom("dictionaries").select("number").where("digest", "=", digest);
  if (!(await stored.executeTakeFirst()))
    await database
      .insertInto("dictionaries")
      .values({ digest, body })
      .onConflict((conflict) => conflict.column("digest").doNothing())
      .execute();
  known.delete(database.getExecutor().adapter);
}
