/** Asks one part of the index: its dictionary, its sets and its keys, as they were when the question began. */
import type { Database, Statement } from "better-sqlite3";
import { decodeContainer } from "./container-bytes.ts";
import { type Container, empty } from "./containers.ts";
import { decodeForwardList, nothing } from "./forward-list.ts";
import {
  bitmapId,
  bitmapOf,
  blocksOf,
  everyDevice,
  openPartToRead,
  type Position,
  partFile,
} from "./part-file.ts";
import { demandChecksum } from "./row-checksums.ts";

export interface Field {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly sensitive: number;
  readonly words: number;
}

/** What is shown of terms of a field. */
export interface Name {
  readonly id: number;
  readonly field: number;
  readonly folded: string;
  readonly shown: string;
}

export interface Term {
  readonly id: number;
  readonly field: number;
  readonly folded: string;
  readonly shown: string;
  readonly version: string;
  readonly source: string;
  readonly number: number;
}

export interface Key {
  readonly field: number;
  readonly folded: string;
  readonly shown: string;
  readonly ordinal: number;
}

/** Sets read at once: one by one takes twice as long. */
const setsAtOnce = 1_024;

export class PartReader {
  readonly #database: Database;
  readonly #bitmap: Statement<[number], Buffer>;
  readonly #bitmaps: Statement<[from: number, to: number], [id: number, body: Buffer]>;
  readonly #termsFrom: Statement<[from: number], [id: number, name: number]>;
  #names = new Uint32Array(0);
  readonly #statements = new Map<string, Statement<unknown[]>>();
  /** Blocks that this part can have. */
  readonly #possible: readonly number[];

  private constructor(database: Database, part: number) {
    this.#database = database;
    this.#possible = blocksOf(part);
    this.#bitmap = database.prepare<[number], Buffer>("select body from bitmaps where id = ?").pluck();
    this.#termsFrom = database
      .prepare<[number], [number, number]>("select id, name from terms where id >= ? order by id")
      .raw();
    this.#bitmaps = database
      .prepare<[number, number], [number, Buffer]>(
        `select id, body from bitmaps where id >= ? and id < ? order by id limit ${setsAtOnce}`,
      )
      .raw();
  }

  /** Null where there is no such part yet. Throws `IndexDamaged` where it has to be made anew. */
  static open(directory: string, part: number): PartReader | null {
    const database = openPartToRead(partFile(directory, part));
    return database && new PartReader(database, part);
  }

  close(): void {
    this.#database.close();
  }

  /** Runs a question over one state of the part, whatever is merged meanwhile. */
  atOnce<T>(question: () => T): T {
    this.#database.exec("begin");
    try {
      return question();
    } finally {
      this.#database.exec("commit");
    }
  }

  bitmap(block: number, term: number): Container {
    const body = this.#bitmap.get(bitmapId(block, term));
    return body ? decodeContainer(body) : empty;
  }

  /** The terms of which this holds, by columns of `names` and `terms`. */
  terms(where: string, ...values: readonly unknown[]): readonly Term[] {
    return this.rows<TermRow>(`${termRows} where ${where}`, ...values).map(termOf);
  }

  /** The names of which this holds; where many are looked through, one after the other. */
  *names(where: string, ...values: readonly unknown[]): Generator<Name> {
    for (const row of this.each<NameRow>(`select * from names where ${where}`, ...values)) yield nameOf(row);
  }

  /** The keys of which this holds. */
  *keys(where: string, ...values: readonly unknown[]): Generator<Key> {
    for (const row of this.each<KeyRow>(`select * from keys where ${where}`, ...values)) yield keyOf(row);
  }

  /** The sets of a block, by term, ascending. */
  *bitmapsOf(block: number): Generator<{ readonly term: number; readonly devices: Container }> {
    for (let from = bitmapId(block, 0); ; ) {
      const rows = this.#bitmaps.all(from, bitmapId(block + 1, 0));
      for (const [id, body] of rows) yield { term: bitmapOf(id).term, devices: decodeContainer(body) };
      const [last] = rows.at(-1) ?? [];
      if (last === undefined || rows.length < setsAtOnce) return;
      from = last + 1;
    }
  }

  /** What a device is found by, ascending. */
  termsOf(ordinal: number): Uint32Array {
    const [row] = this.rows<{ body: Buffer }>("select body from forward where ordinal = ?", ordinal);
    return row ? decodeForwardList(row.body).terms : nothing.terms;
  }

  term(id: number): Term | null {
    return this.terms("terms.id = ?", id)[0] ?? null;
  }

  /** By the number of a term that of its name; 0 for one that is not there. What is known once stays, for numbers do. */
  nameOfTerms(): Uint32Array {
    const rows = this.#termsFrom.all(this.#names.length);
    const [last = this.#names.length - 1] = rows.at(-1) ?? [];
    const names = new Uint32Array(last + 1);
    names.set(this.#names);
    for (const [id, name] of rows) names[id] = name;
    this.#names = names;
    return names;
  }

  /** Blocks that have devices, ascending. Each is looked up: a condition on the term alone would read all of them. */
  blocks(): readonly number[] {
    return this.#possible.filter((block) => this.#bitmap.get(bitmapId(block, everyDevice)) !== undefined);
  }

  position(): readonly Position[] {
    return this.rows<Position>("select server, seq from position");
  }

  fields(): readonly Field[] {
    return this.rows<Field>("select id, name, kind, sensitive, words from fields");
  }

  /** All rows of a statement of ours; values only ever as parameters. */
  rows<Row>(statement: string, ...values: readonly unknown[]): readonly Row[] {
    return this.#prepared<Row>(statement).all(...values);
  }

  /** One after the other: there may be as many as devices. */
  each<Row>(statement: string, ...values: readonly unknown[]): IterableIterator<Row> {
    return this.#database.prepare<unknown[], Row>(statement).iterate(...values);
  }

  #prepared<Row>(text: string): Statement<unknown[], Row> {
    const known = this.#statements.get(text);
    const statement = known ?? this.#database.prepare<unknown[]>(text);
    if (!known) this.#statements.set(text, statement);
    return statement as Statement<unknown[], Row>; // rows are as the statement says, which stands where it is asked
  }
}

interface NameRow {
  readonly id: number;
  readonly field: number;
  readonly shown: string;
  readonly folded: string | null;
  readonly checksum: number;
}

interface TermRow extends Term {
  readonly name: number;
  readonly nameChecksum: number;
  readonly checksum: number;
}

interface KeyRow extends Key {
  readonly checksum: number;
}

/** How a name is compared. */
export const foldedName = "coalesce(names.folded, names.shown)";

const termRows = `select terms.id, field, ${foldedName} as folded, shown, version, source, number,
  names.id as name, names.checksum as nameChecksum, terms.checksum
  from names join terms on terms.name = names.id`;

function nameOf({ id, field, shown, folded, checksum }: NameRow): Name {
  demandChecksum([id, field, shown, folded ?? shown], checksum);
  return { id, field, shown, folded: folded ?? shown };
}

function termOf({ name, nameChecksum, checksum, ...term }: TermRow): Term {
  const { id, field, shown, folded, version, source, number } = term;
  demandChecksum([name, field, shown, folded], nameChecksum);
  demandChecksum([id, name, version, source, number], checksum);
  return term;
}

function keyOf({ field, folded, ordinal, shown, checksum }: KeyRow): Key {
  demandChecksum([field, folded, ordinal, shown], checksum);
  return { field, folded, ordinal, shown: shown === "" ? folded : shown };
}
