/**
 * The search tables' side of a section: its values brought to what the document says, in the same transaction. Only
 * the difference is written, because most changes of a long list are a few lines.
 */
import { fold, type SearchValue } from "@rollcall/protocol";
import { type Kysely, sql } from "kysely";
import { rowPlace } from "./engine.ts";
import type { Schema, SearchNumberTable, SearchTextTable, SearchTitleTable } from "./schema.ts";

/** Rows of one statement, so that its parameters stay below what any engine takes. */
const rowsAtOnce = 1_000;

interface Tables {
  readonly search_texts: SearchTextTable;
  readonly search_numbers: SearchNumberTable;
  readonly search_titles: SearchTitleTable;
}

export interface Whose {
  readonly installation: number;
  readonly section: string;
}

/** Values that were not there before: how many were added, and how many there was no room for. */
export interface Replaced {
  readonly added: number;
  readonly leftOut: number;
}

/** Brings a section's values to these; adds as many new ones as there is `room` for. */
export async function replaceSearchValues(
  database: Kysely<Schema>,
  whose: Whose,
  values: readonly SearchValue[],
  room: number = Number.POSITIVE_INFINITY,
): Promise<Replaced> {
  const rows = rowsOf(whose, values);
  let [added, leftOut] = [0, 0];
  for (const table of ["search_texts", "search_numbers", "search_titles"] as const) {
    const fresh = await removeOthers(database, table, whose, rows[table]);
    const fitting = fresh.slice(0, Math.max(room - added, 0));
    for (const part of inParts(fitting)) await database.insertInto(table).values(part).execute();
    added += fitting.length;
    leftOut += fresh.length - fitting.length;
  }
  return { added, leftOut };
}

/** Removes the section's rows that are not among these; what remains of them are the new ones. */
async function removeOthers<T extends keyof Tables>(
  database: Kysely<Schema>,
  table: T,
  { installation, section }: Whose,
  wanted: readonly Tables[T][],
): Promise<Tables[T][]> {
  const { rows } = await sql<Tables[T] & { readonly place: string | number }>`
    select ${rowPlace(database)} as place, ${sql.table(table)}.* from ${sql.table(table)} where installation = ${installation} and section = ${section}
  `.execute(database);
  if (rows.length === 0) return [...wanted];
  const missing = new Map<string, Tables[T][]>();
  for (const row of wanted) {
    const same = missing.get(keyOf(row));
    if (same) same.push(row);
    else missing.set(keyOf(row), [row]);
  }
  const gone: (string | number)[] = [];
  for (const { place, ...row } of rows) if (!missing.get(keyOf(row))?.pop()) gone.push(place);
  for (const part of inParts(gone))
    await sql`delete from ${sql.table(table)} where ${rowPlace(database)} in (${sql.join(part)})`.execute(
      database,
    );
  return [...missing.values()].flat();
}

/** Everything that a row says, whatever the order of its columns. */
const keyOf = (row: object): string =>
  JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

function rowsOf(at: Whose, values: readonly SearchValue[]): { readonly [T in keyof Tables]: Tables[T][] } {
  const flag = (value: boolean) => (value ? 1 : 0);
  return {
    search_texts: values.flatMap((value) =>
      value.as === "term" || value.as === "key"
        ? [
            {
              ...at,
              field: value.field,
              folded: fold(value.text),
              shown: value.text,
              words: flag(value.words),
              sensitive: flag(value.sensitive),
            },
          ]
        : [],
    ),
    search_numbers: values.flatMap((value) =>
      value.as === "number"
        ? [{ ...at, field: value.field, number: value.number, sensitive: flag(value.sensitive) }]
        : [],
    ),
    search_titles: values.flatMap((value) =>
      value.as === "title"
        ? [
            {
              ...at,
              field: value.field,
              folded: fold(value.title),
              title: value.title,
              version: value.version ?? "",
              source: value.source,
              sensitive: flag(value.sensitive),
            },
          ]
        : [],
    ),
  };
}

function* inParts<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) yield rows.slice(at, at + rowsAtOnce);
}
