/** A part's dictionary: the numbers of fields and terms. Each is made when it is first needed, and never used twice. */
import { fold, type SearchValue } from "@rollcall/protocol";
import type { Database, Statement } from "better-sqlite3";
import { KnownTerms, type TermValue } from "./known-terms.ts";
import { rowChecksum } from "./row-checksums.ts";

type FieldRow = [name: string, kind: string, sensitive: number, words: number];
/** What distinguishes a term among those of its name. */
type TermColumns = [version: string, source: string, number: number];
interface TermText {
  readonly shown: string;
  readonly folded: string;
  readonly columns: TermColumns;
}

export class Dictionary {
  readonly #fieldId: Statement<FieldRow, number>;
  readonly #addField: Statement<FieldRow>;
  readonly #nameId: Statement<[field: number, shown: string], number>;
  readonly #addName: Statement<
    [id: number, field: number, shown: string, folded: string | null, checksum: number]
  >;
  readonly #removeName: Statement<[number]>;
  readonly #name: Statement<[number], [field: number, shown: string]>;
  readonly #termId: Statement<[name: number, ...TermColumns], number>;
  readonly #addTerm: Statement<[id: number, name: number, ...TermColumns, checksum: number]>;
  readonly #removeTerm: Statement<[number], [name: number, ...TermColumns]>;
  readonly #next: Statement<[], number>;
  readonly #setNext: Statement<[number]>;
  /** By name, then by what else distinguishes fields of one name. */
  #fields = new Map<string, number[]>();
  readonly #terms = new KnownTerms();
  /** Values that came before as the very same ones, which those of items do: found sooner than by their texts. */
  #same = new WeakMap<TermValue, number>();
  #nextTerm = 0;

  constructor(database: Database) {
    this.#fieldId = database
      .prepare<FieldRow, number>(
        "select id from fields where name = ? and kind = ? and sensitive = ? and words = ?",
      )
      .pluck();
    this.#addField = database.prepare(
      "insert into fields (name, kind, sensitive, words) values (?, ?, ?, ?)",
    );
    this.#nameId = database
      .prepare<[number, string], number>("select id from names where field = ? and shown = ?")
      .pluck();
    this.#addName = database.prepare("insert into names values (?, ?, ?, ?, ?)");
    this.#removeName = database.prepare(
      "delete from names where id = ? and not exists (select 1 from terms where name = names.id)",
    );
    this.#name = database
      .prepare<[number], [number, string]>("select field, shown from names where id = ?")
      .raw();
    this.#termId = database
      .prepare<[number, ...TermColumns], number>(
        "select id from terms where name = ? and version = ? and source = ? and number = ?",
      )
      .pluck();
    this.#addTerm = database.prepare("insert into terms values (?, ?, ?, ?, ?, ?)");
    this.#removeTerm = database
      .prepare<[number], [number, ...TermColumns]>(
        "delete from terms where id = ? returning name, version, source, number",
      )
      .raw();
    this.#next = database.prepare<[], number>("select id from next_term").pluck();
    this.#setNext = database.prepare("update next_term set id = ?");
  }

  /** To be called when a transaction has begun. */
  begin(): void {
    this.#nextTerm = this.#next.get() ?? 1;
  }

  /** To be called before it is committed. */
  end(): void {
    this.#setNext.run(this.#nextTerm);
  }

  /** To be called when it was undone: what it made is not there. */
  forget(): void {
    this.#fields = new Map();
    this.#terms.clear();
    this.#same = new WeakMap();
  }

  field(value: SearchValue): number {
    const sensitive = value.sensitive ? 1 : 0;
    const words = wordsOf(value);
    // One name is of one kind (`searchFieldsOf`).
    const known = this.#fields.get(value.field)?.[sensitive * 2 + words];
    if (known !== undefined) return known;
    const id = this.#fieldOf([value.field, value.as, sensitive, words]);
    const ids = this.#fields.get(value.field) ?? [];
    ids[sensitive * 2 + words] = id;
    this.#fields.set(value.field, ids);
    return id;
  }

  /** The number of a value that is no key. */
  term(value: TermValue): number {
    const same = this.#same.get(value);
    if (same !== undefined) return same;
    const field = this.field(value);
    const known = this.#terms.get(field, value);
    const id = known ?? this.#termOf(field, textOf(value));
    if (known === undefined) this.#terms.set(field, value, id);
    this.#same.set(value, id);
    return id;
  }

  /** Of a term that no device has any more nothing stays. */
  remove(term: number): void {
    const row = this.#removeTerm.get(term);
    if (!row) return;
    const [name, version, source, number] = row;
    const [field, shown] = this.#name.get(name) ?? [0, ""];
    this.#same = new WeakMap();
    this.#terms.delete(field, shown, version, source, number);
    this.#removeName.run(name);
  }

  #fieldOf(row: FieldRow): number {
    return this.#fieldId.get(...row) ?? Number(this.#addField.run(...row).lastInsertRowid);
  }

  #termOf(field: number, { shown, folded, columns }: TermText): number {
    const named = this.#nameId.get(field, shown);
    const known = named === undefined ? undefined : this.#termId.get(named, ...columns);
    if (known !== undefined) return known;
    const id = this.#nextTerm++;
    const name = named ?? id;
    if (named === undefined) {
      const other = folded === shown ? null : folded;
      this.#addName.run(id, field, shown, other, rowChecksum([id, field, shown, folded]));
    }
    this.#addTerm.run(id, name, ...columns, rowChecksum([id, name, ...columns]));
    return id;
  }
}

/** A bare word finds every title, and texts whose section says so. */
function wordsOf(value: SearchValue): 0 | 1 {
  if (value.as === "number") return 0;
  return value.as === "title" || value.words ? 1 : 0;
}

function textOf(value: TermValue): TermText {
  switch (value.as) {
    case "number":
      return { shown: "", folded: "", columns: ["", "", value.number] };
    case "title":
      return {
        shown: value.title,
        folded: fold(value.title),
        columns: [value.version ?? "", value.source, 0],
      };
    default:
      return { shown: value.text, folded: fold(value.text), columns: ["", "", 0] };
  }
}
