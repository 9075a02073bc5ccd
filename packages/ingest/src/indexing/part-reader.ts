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

export interface Field {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly sensitive: number;
  readonly words: number;
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

export interface KeyRow {
  readonly folded: string;
  readonly shown: string;
  readonly ordinal: number;
}

export class PartReader {
  readonly #database: Database;
  readonly #bitmap: Statement<[number], Buffer>;
  readonly #statements = new Map<string, Statement<unknown[]>>();
  /** Blocks that this part can have. */
  readonly #possible: readonly number[];

  private constructor(database: Database, part: number) {
    this.#database = database;
    this.#possible = blocksOf(part);
    this.#bitmap = database.prepare<[number], Buffer>("select body from bitmaps where id = ?").pluck();
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

  /** The sets of a block, by term, ascending. */
  *bitmapsOf(block: number): Generator<{ readonly term: number; readonly devices: Container }> {
    const rows = this.each<{ id: number; body: Buffer }>(
      "select id, body from bitmaps where id >= ? and id < ? order by id",
      bitmapId(block, 0),
      bitmapId(block + 1, 0),
    );
    for (const { id, body } of rows) yield { term: bitmapOf(id).term, devices: decodeContainer(body) };
  }

  /** What a device is found by, ascending. */
  termsOf(ordinal: number): Uint32Array {
    const [row] = this.rows<{ body: Buffer }>("select body from forward where ordinal = ?", ordinal);
    return row ? decodeForwardList(row.body).terms : nothing.terms;
  }

  term(id: number): Term | null {
    return this.rows<Term>("select * from terms where id = ?", id)[0] ?? null;
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
