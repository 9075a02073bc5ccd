/** What is too old, in the store: the statements that follow from the list of what forgets. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import { firstRows, lastRowOf, rowsBetween } from "../store/engine.ts";
import type { Schema } from "../store/schema.ts";
import { isOverAll } from "../store/scope.ts";
import { defineRead, defineWrite } from "../store/store.ts";

/** Rows of a table that are older than `before`; with `sections` only those that came from one of them. */
export interface Old {
  readonly table: string;
  readonly since: string;
  /** Milliseconds since 1970. */
  readonly before: number;
  readonly sections?: { readonly column: string; readonly names: readonly string[] } | undefined;
}

const old = ({ since, before, sections }: Old): RawBuilder<unknown> =>
  sections
    ? sql`${sql.ref(since)} < ${before} and ${sql.ref(sections.column)} in (${sql.join(sections.names)})`
    : sql`${sql.ref(since)} < ${before}`;

/** Those of them among the rows behind `after` up to `last`: one slice, which holds up nobody. */
export interface OldSlice extends Old {
  readonly after: number;
  readonly last: number;
}

const oldIn = (database: Kysely<Schema>, { after, last, ...which }: OldSlice): RawBuilder<unknown> =>
  sql`${rowsBetween(database, after, last)} and ${old(which)}`;

export const countOld = defineRead({
  name: "count-old",
  async run(database, scope, which: OldSlice): Promise<number> {
    if (!isOverAll(scope)) return 0;
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from ${sql.table(which.table)} where ${oldIn(database, which)}
    `.execute(database);
    return rows[0]?.n ?? 0;
  },
});

/** The last row of a table, as the engine counts them. */
export const lastRow = defineRead({
  name: "last-row",
  isPoint: true,
  async run(database, scope, table: string): Promise<number> {
    return isOverAll(scope) ? lastRowOf(database, table) : 0;
  },
});

/** Removes the first of the old ones in a slice, `most` at most, and tells how many. */
export const removeOld = defineWrite({
  name: "remove-old",
  async run(transaction, { most, ...which }: OldSlice & { readonly most: number }): Promise<number> {
    const { table } = which;
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.table(table)}
      where ${firstRows(transaction, table, oldIn(transaction, which), most)}
    `.execute(transaction);
    return Number(numAffectedRows);
  },
});
