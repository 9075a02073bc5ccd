/** A part's dictionary: the numbers of fields and terms. Each is made when it is first needed, and never used twice. */
import { fold, type SearchValue } from "@rollcall/protocol";
import type { Database, Statement } from "better-sqlite3";
import { KnownTerms, type TermValue } from "./known-terms.ts";

type FieldRow = [name: string, kind: string, sensitive: number, words: number];
type TermRow = [
  field: number,
  folded: string,
  shown: string,
  version: string,
  source: string,
  number: number,
];

export class Dictionary {
  readonly #fieldId: Statement<FieldRow, number>;
  readonly #addField: Statement<FieldRow>;
  readonly #termId: Statement<TermRow, number>;
  readonly #addTerm: Statement<[number, ...TermRow]>;
  readonly #removeTerm: Statement<[number], TermRow>;
  readonly #addName: Statement<[field: number, shown: string, folded: string]>;
  readonly #countName: Statement<[field: number, shown: string]>;
  readonly #removeName: Statement<[field: number, shown: string]>;
  readonly #next: Statement<[], number>;
  readonly #setNext: Statement<[number]>;
  /** By name, then by what else distinguishes fields of one name. */
  #fields = new Map<string, number[]>();
  readonly #terms = new KnownTerms();
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
    this.#termId = database
      .prepare<TermRow, number>(
        `select id from terms where field = ? and folded = ? and shown = ? and version = ? and source = ?
           and number = ?`,
      )
      .pluck();
    this.#addTerm = database.prepare("insert into terms values (?, ?, ?, ?, ?, ?, ?)");
    this.#removeTerm = database
      .prepare<[number], TermRow>(
        "delete from terms where id = ? returning field, folded, shown, version, source, number",
      )
      .raw();
    this.#addName = database.prepare(
      "insert into names values (?, ?, ?, 1) on conflict do update set terms = terms + 1",
    );
    this.#countName = database.prepare("update names set terms = terms - 1 where field = ? and shown = ?");
    this.#removeName = database.prepare("delete from names where field = ? and shown = ? and terms = 0");
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
    const field = this.field(value);
    const known = this.#terms.get(field, value);
    if (known !== undefined) return known;
    const id = this.#termOf(rowOf(field, value));
    this.#terms.set(field, value, id);
    return id;
  }

  /** Of a term that no device has any more nothing stays. */
  remove(term: number): void {
    const row = this.#removeTerm.get(term);
    if (!row) return;
    const [field, , shown, version, source, number] = row;
    this.#terms.delete(field, shown, version, source, number);
    this.#countName.run(field, shown);
    this.#removeName.run(field, shown);
  }

  #fieldOf(row: FieldRow): number {
    return this.#fieldId.get(...row) ?? Number(this.#addField.run(...row).lastInsertRowid);
  }

  #termOf(row: TermRow): number {
    const known = this.#termId.get(...row);
    if (known !== undefined) return known;
    const id = this.#nextTerm++;
    this.#addTerm.run(id, ...row);
    const [field, folded, shown] = row;
    this.#addName.run(field, shown, folded);
    return id;
  }
}

/** A bare word finds every title, and texts whose section says so. */
function wordsOf(value: SearchValue): 0 | 1 {
  if (value.as === "number") return 0;
  return value.as === "title" || value.words ? 1 : 0;
}

function rowOf(field: number, value: TermValue): TermRow {
  switch (value.as) {
    case "number":
      return [field, "", "", "", "", value.number];
    case "title":
      return [field, fold(value.title), value.title, value.version ?? "", value.source, 0];
    default:
      return [field, fold(value.text), value.text, "", "", 0];
  }
}
