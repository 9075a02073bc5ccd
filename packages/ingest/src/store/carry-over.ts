/**
 * Carries everything that one database holds into another, whichever engines they are: table by table, slice by slice,
 * each slice with how far it got in one transaction, so that it may be ended anywhere and goes on from there.
 */
import { createHash } from "node:crypto";
import { type Kysely, sql, type Transaction } from "kysely";
import { lastOrdinals, lastRowOf, rowsBetween, setLastOrdinal } from "./engine.ts";
import { tables } from "./forgetting.ts";
import type { Schema } from "./schema.ts";
import { beginUnfinished, endUnfinished, progressOf, reach } from "./unfinished.ts";

/** What both databases have of a table. */
export interface Carried {
  readonly table: string;
  readonly rows: number;
  /** Of all rows in any order: the sum of their SHA-256 (the first 128 bits), in hexadecimal. */
  readonly digest: string;
}

/** As the engine counts them; half of that for what fills a page. */
const slice = 500;

/** Parameters of one statement, which SQLite takes at most 32,766 of. */
const parameters = 16_000;

/**
 * Not the log: it is followed from its beginning where the data comes to, and an index that knows another is made anew.
 * Nor check-ins that wrote no row: `checkInsToRows` has made them rows.
 */
const isOfItsServer = (table: string): boolean => ["log", "check_in_log", "current_values"].includes(table);

/** What refers to a row after that row. */
const order = Object.keys(tables)
  .filter((table) => !isOfItsServer(table))
  .reverse();

type Row = Readonly<Record<string, unknown>>;

/**
 * Carries and checks. Nobody may write either meanwhile. Throws where the target holds something else, or where both do
 * not hold the same at the end.
 */
export async function carryOver(
  from: Kysely<Schema>,
  to: Kysely<Schema>,
  tell: (carried: Carried) => void,
): Promise<void> {
  await beginUnfinished(to, await serverOf(from), order);
  for (const table of order) await carryTable(from, to, table);
  for (const { table, last } of await lastOrdinals(from)) await setLastOrdinal(to, table, last);
  for (const table of order) tell(await compare(from, to, table));
  await endUnfinished(to);
}

async function serverOf(database: Kysely<Schema>): Promise<string> {
  const row = await database.selectFrom("server").select("id").executeTakeFirst();
  if (!row)
    throw new Error(
      "there is nothing to carry over: no server has used the database that it is to come from",
    );
  return row.id;
}

async function carryTable(from: Kysely<Schema>, to: Kysely<Schema>, table: string): Promise<void> {
  const last = await lastRowOf(from, table);
  for (let after = await progressOf(to, table); after < last; after += slice) {
    const rows = await rowsIn(from, table, after, after + slice);
    await to.transaction().execute(async (transaction) => {
      await insert(transaction, table, rows);
      await reach(transaction, table, after + slice);
    });
  }
}

async function rowsIn(
  database: Kysely<Schema>,
  table: string,
  after: number,
  last: number,
): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    select * from ${sql.table(table)} where ${rowsBetween(database, after, last)}
  `.execute(database);
  // Which block a row lies in follows from it; only PostgreSQL keeps that.
  return rows.map(({ block: _block, ...row }) => row);
}

async function insert(transaction: Transaction<Schema>, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const atOnce = Math.max(1, Math.floor(parameters / columns.length));
  for (let start = 0; start < rows.length; start += atOnce) {
    const values = rows
      .slice(start, start + atOnce)
      .map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
    await sql`
      insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
      values ${sql.join(values)}
    `.execute(transaction);
  }
}

async function compare(from: Kysely<Schema>, to: Kysely<Schema>, table: string): Promise<Carried> {
  const [here, there] = [await summed(from, table), await summed(to, table)];
  if (here.rows !== there.rows || here.digest !== there.digest)
    throw new Error(
      `${table} is not the same in both: ${here.rows} rows (${here.digest}) and ${there.rows} (${there.digest}). Was one of them written meanwhile? Empty the target and begin again.`,
    );
  return here;
}

async function summed(database: Kysely<Schema>, table: string): Promise<Carried> {
  let [count, sum] = [0, 0n];
  const last = await lastRowOf(database, table);
  for (let after = 0; after < last; after += slice) {
    const rows = await rowsIn(database, table, after, after + slice);
    count += rows.length;
    for (const row of rows) sum = BigInt.asUintN(128, sum + digestOf(row));
  }
  return { table, rows: count, digest: sum.toString(16).padStart(32, "0") };
}

function digestOf(row: Row): bigint {
  const columns = Object.keys(row).sort();
  const values = columns.map((column) => {
    const value = row[column];
    return value instanceof Uint8Array ? { bytes: Buffer.from(value).toString("hex") } : value;
  });
  const hash = createHash("sha256")
    .update(JSON.stringify([columns, values]))
    .digest("hex");
  return BigInt(`0x${hash.slice(0, 32)}`);
}
