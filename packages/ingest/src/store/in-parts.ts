/** Statements over many values: compiled once for each of a few sizes, and run over as many values at once as they take. */
import type { Compilable, Kysely } from "kysely";
import { compiledOnce } from "./compiled-once.ts";
import type { Schema } from "./schema.ts";

const sizes = [64, 8, 1] as const;

type Build<Values extends Readonly<Record<string, unknown>>, Row> = Parameters<
  typeof compiledOnce<Values, Row>
>[0];

/**
 * `build` makes the statement for values that are numbered so, `given(`id${at}`)`; `valuesOf` says what they are for one
 * part. All rows that the parts give.
 */
export function inParts<Value, Values extends Readonly<Record<string, unknown>>, Row>(
  build: (places: readonly number[], ...engine: Parameters<Build<Values, Row>>) => Compilable<Row>,
): (
  database: Kysely<Schema>,
  all: readonly Value[],
  valuesOf: (part: readonly Value[]) => Values,
) => Promise<Row[]> {
  const statements = sizes.map((size) => {
    const places = Array.from({ length: size }, (_, at) => at);
    return {
      size,
      run: compiledOnce<Values, Row>((database, given) => build(places, database, given)),
    };
  });
  return async (database, all, valuesOf) => {
    const rows: Promise<Row[]>[] = [];
    let at = 0;
    for (const { size, run } of statements)
      for (; all.length - at >= size; at += size) {
        const part = run(database, valuesOf(all.slice(at, at + size)));
        rows.push(part);
        // On a transaction's connection the next is on its way before the answer; of others there would be one for each.
        if (!database.isTransaction) await part;
      }
    return (await Promise.all(rows)).flat();
  };
}

/** `{id0: …, id1: …}`. */
export const numbered = <Value>(prefix: string, values: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(values.map((value, at) => [`${prefix}${at}`, value]));
