/** What the two engines do not take in the same words, said once. Everything else is Kysely's, or SQL that both take. */
import { type Kysely, PostgresAdapter, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Schema } from "./schema.ts";

const isPostgres = (database: Kysely<Schema>): boolean =>
  database.getExecutor().adapter instanceof PostgresAdapter;

/** As many numbers as a page of PostgreSQL's gets; rows there have none of their own. */
const numbersOfPage = 100;

/** The last of the numbers by which `rowsBetween` goes through a table; 0 where it is empty. */
export async function lastRowOf(database: Kysely<Schema>, table: string): Promise<number> {
  const { rows } = isPostgres(database)
    ? await sql<{ last: number }>`
        select pg_relation_size(${sql.lit(`"${table}"`)}::regclass)
          / current_setting('block_size')::bigint * ${sql.lit(numbersOfPage)} as last
      `.execute(database)
    : await sql<{ last: number | null }>`select max(rowid) as last from ${sql.table(table)}`.execute(
        database,
      );
  return rows[0]?.last ?? 0;
}

/** The rows behind `after` up to `last`, found without looking at the others. */
export function rowsBetween(database: Kysely<Schema>, after: number, last: number): RawBuilder<SqlBool> {
  if (!isPostgres(database)) return sql`rowid > ${after} and rowid <= ${last}`;
  const page = (number: number) => sql`${`(${Math.floor(number / numbersOfPage)},0)`}::tid`;
  return sql`ctid >= ${page(after)} and ctid < ${page(last)}`;
}

/** The first `most` rows of a table that a condition names, by what the engine itself knows them. */
export function firstRows(
  database: Kysely<Schema>,
  table: string,
  condition: RawBuilder<unknown>,
  most: number,
): RawBuilder<SqlBool> {
  const rows = (known: string) =>
    sql`select ${sql.ref(known)} from ${sql.table(table)} where ${condition} limit ${sql.lit(most)}`;
  return isPostgres(database) ? sql`ctid = any(array(${rows("ctid")}))` : sql`rowid in (${rows("rowid")})`;
}

/**
 * Entries of deletions that stay in the database although they are in a ledger: several servers on PostgreSQL have one
 * each, and what one has deleted the others carry to theirs.
 */
export const keptDeletions = (database: Kysely<Schema>): number => (isPostgres(database) ? 10_000 : 0);

/** Whether other servers may write the same database meanwhile. */
export const othersWrite = isPostgres;

export async function hasTable(database: Kysely<Schema>, name: string): Promise<boolean> {
  const { rows } = isPostgres(database)
    ? await sql`select 1 from pg_tables where schemaname = current_schema() and tablename = ${name}`.execute(
        database,
      )
    : await sql`select 1 from sqlite_master where type = 'table' and name = ${name}`.execute(database);
  return rows.length > 0;
}

/** By table the last number that it gave a row; none is given twice, whatever was deleted since. */
export async function lastOrdinals(
  database: Kysely<Schema>,
): Promise<readonly { readonly table: string; readonly last: number }[]> {
  type Last = { readonly table: string; readonly last: number };
  if (!isPostgres(database))
    return (await sql<Last>`select name as "table", seq as last from sqlite_sequence`.execute(database)).rows;
  const { rows } = await sql<Last>`
    select t.relname as "table", s.last_value as last
    from pg_sequences s
      join pg_class c on c.relname = s.sequencename and c.relnamespace = s.schemaname::regnamespace
      join pg_depend d on d.objid = c.oid and d.deptype = 'i'
      join pg_class t on t.oid = d.refobjid
    where s.schemaname = current_schema() and s.last_value is not null
  `.execute(database);
  return rows;
}

export async function setLastOrdinal(database: Kysely<Schema>, table: string, last: number): Promise<void> {
  if (!isPostgres(database)) {
    await sql`delete from sqlite_sequence where name = ${table}`.execute(database);
    await sql`insert into sqlite_sequence (name, seq) values (${table}, ${last})`.execute(database);
    return;
  }
  const { rows } = await sql<{ name: string }>`
    select attname as name from pg_attribute where attrelid = ${sql.lit(`"${table}"`)}::regclass and attidentity <> ''
  `.execute(database);
  for (const { name } of rows)
    await sql`select setval(pg_get_serial_sequence(${table}, ${name}), ${last})`.execute(database);
}
