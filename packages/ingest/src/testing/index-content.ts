/** What an index holds, by names instead of numbers: two that answer alike have the same content. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fold } from "@rollcall/protocol";
import SqliteDatabase from "better-sqlite3";
import { decodeContainer } from "../indexing/container-bytes.ts";
import { valuesOf } from "../indexing/containers.ts";
import { decodeForwardList } from "../indexing/forward-list.ts";
import { bitmapOf, everyDevice, ordinalOf, partIn } from "../indexing/part-file.ts";

export interface IndexContent {
  /** By field and text, the devices. Every term, field name and number that stands anywhere is in here. */
  readonly terms: Readonly<Record<string, readonly number[]>>;
  /** `FIELD FOLDED ORDINAL SHOWN`. */
  readonly keys: readonly string[];
  /** By device: its terms, its keys and what it is sorted by. */
  readonly devices: Readonly<Record<number, readonly string[]>>;
}

/** Throws where a set or list is damaged, and where two tables of a part contradict each other. */
export function indexContent(directory: string): IndexContent {
  const parts = readdirSync(directory).filter((name) => partIn(name) !== null);
  const contents = parts.sort().map((name) => partContent(join(directory, name)));
  return {
    terms: merged(contents.map(({ terms }) => terms)),
    keys: contents.flatMap(({ keys }) => keys).sort(),
    devices: Object.assign({}, ...contents.map(({ devices }) => devices)),
  };
}

function partContent(file: string): IndexContent {
  const database = new SqliteDatabase(file, { readonly: true });
  try {
    const rows = <Row>(query: string): Row[] => database.prepare<[], Row>(query).all();
    const fields = new Map(
      rows<{ id: number; name: string; kind: string; sensitive: number; words: number }>(
        "select * from fields",
      ).map(({ id, name, kind, sensitive, words }) => [id, [name, kind, sensitive, words].join(" ")]),
    );
    const names = new Map([[everyDevice, "every device"]]);
    for (const { id, field, ...text } of rows<{ id: number; field: number }>(
      `select terms.id, field, coalesce(folded, shown), shown, version, source, number
         from names join terms on terms.name = names.id`,
    ))
      names.set(id, `${fields.get(field)} ${JSON.stringify(Object.values(text))}`);
    const terms: Record<string, number[]> = {};
    for (const [id, term] of names) if (id !== everyDevice) terms[term] = [];
    for (const { id, body } of rows<{ id: number; body: Buffer }>("select * from bitmaps order by id")) {
      const { block, term } = bitmapOf(id);
      const numbers = [...valuesOf(decodeContainer(body))];
      if (numbers.length === 0) throw new Error(`there is a set of nobody who has ${term}`);
      const name = names.get(term) ?? `unknown ${term}`;
      terms[name] = [...(terms[name] ?? []), ...numbers.map((number) => ordinalOf(block, number))];
    }
    const named = "select name as id from terms group by 1 order by 1";
    if (JSON.stringify(rows(named)) !== JSON.stringify(rows("select id from names order by 1")))
      throw new Error("other names are there than terms have");
    const keyName = (key: { field: number; shown: string }): string =>
      JSON.stringify([fields.get(key.field), fold(key.shown), key.shown]);
    const keys = rows<{ field: number; folded: string; ordinal: number; shown: string }>(
      "select field, folded, ordinal, iif(shown = '', folded, shown) as shown from keys",
    ).map(({ folded, ...key }) => {
      if (folded !== fold(key.shown)) throw new Error(`${key.shown} is not found by ${folded}`);
      return `${key.ordinal} ${keyName(key)}`;
    });
    const orders = new Map(
      rows<{ ordinal: number; sort_name: string }>("select * from orders").map((row) => [
        row.ordinal,
        row.sort_name,
      ]),
    );
    const devices: Record<number, string[]> = {};
    for (const { ordinal, body } of rows<{ ordinal: number; body: Buffer }>("select * from forward")) {
      const list = decodeForwardList(body);
      devices[ordinal] = [
        `sorted by ${orders.get(ordinal)}`,
        ...[...list.terms].map((term) => names.get(term) ?? `unknown ${term}`).sort(),
        ...list.keys.map(keyName).sort(),
      ];
    }
    assertAgree({ terms, keys, devices }, orders);
    return { terms, keys: keys.sort(), devices };
  } finally {
    database.close();
  }
}

/** What devices put in is what is there, and nothing beside it. */
function assertAgree({ terms, keys, devices }: IndexContent, orders: ReadonlyMap<number, string>): void {
  const fromTerms = Object.entries(terms).flatMap(([term, ordinals]) =>
    ordinals.length === 0 ? [`nobody has ${term}`] : ordinals.map((ordinal) => `${ordinal} ${term}`),
  );
  const fromDevices = Object.entries(devices).flatMap(([ordinal, [, ...values]]) =>
    values.map((value) => `${ordinal} ${value}`),
  );
  const [there, said] = [[...fromTerms, ...keys].sort(), fromDevices.sort()];
  if (JSON.stringify(there) !== JSON.stringify(said))
    throw new Error(`the index contradicts itself: ${difference(there, said)}`);
  const sorted = [...orders.keys()].map(String).sort();
  if (JSON.stringify(sorted) !== JSON.stringify(Object.keys(devices).sort()))
    throw new Error("others are sorted than are there");
}

function difference(a: readonly string[], b: readonly string[]): string {
  const [inA, inB] = [new Set(a), new Set(b)];
  const only = [...a.filter((each) => !inB.has(each)), ...b.filter((each) => !inA.has(each))];
  return only.slice(0, 5).join("; ");
}

function merged(all: readonly Readonly<Record<string, readonly number[]>>[]): Record<string, number[]> {
  const result: Record<string, number[]> = {};
  for (const terms of all)
    for (const [term, ordinals] of Object.entries(terms))
      result[term] = [...(result[term] ?? []), ...ordinals];
  return result;
}
