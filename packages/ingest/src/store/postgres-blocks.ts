/**
 * Gives every table of devices its block: a column in all of its keys, which no row can have another than its own.
 * Looked after at each start, so that no migration has to: of a table that has it all nothing is changed.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { blockBits, blockedTables } from "./blocks.ts";
import { migrationLock } from "./postgres-locks.ts";
import type { Schema } from "./schema.ts";

export async function keepBlocks(database: Kysely<Schema>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await migrationLock(transaction);
    const having = await tablesWithBlock(transaction);
    for (const [table, column] of blockedTables)
      if (!having.has(table)) await addBlock(transaction, table, column);
    await addToKeys(transaction, await keysWithoutBlock(transaction));
  });
}

async function tablesWithBlock(transaction: Transaction<Schema>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.columns
    where table_schema = current_schema() and column_name = 'block'
  `.execute(transaction);
  return new Set(rows.map(({ name }) => name));
}

/**
 * What is inserted without one (by a migration, or by hand) gets it from a trigger. A distributed database decides
 * before that where a row goes: the statements of the domains give it (`given-blocks.ts`).
 */
async function addBlock(transaction: Transaction<Schema>, name: string, ordinal: string): Promise<void> {
  const [table, column] = [sql.table(name), sql.ref(ordinal)];
  const block = sql`${column} >> ${sql.lit(blockBits)}`;
  const rule = `rollcall_block_by_${ordinal}`;
  await sql`alter table ${table} add column block bigint`.execute(transaction);
  await sql`update ${table} set block = ${block}`.execute(transaction);
  await sql`
    alter table ${table} alter column block set not null, add constraint ${sql.ref(`${name}_block`)} check (block = ${block})
  `.execute(transaction);
  await sql`
    create or replace function ${sql.ref(rule)}() returns trigger language plpgsql as
    ${sql.lit(`begin new.block := new.${ordinal} >> ${blockBits}; return new; end`)}
  `.execute(transaction);
  await sql`
    create trigger rollcall_block before insert or update of ${column} on ${table} for each row
    when (new.block is distinct from new.${column} >> ${sql.lit(blockBits)}) execute function ${sql.ref(rule)}()
  `.execute(transaction);
}

interface Key {
  readonly table: string;
  readonly name: string;
  /** A primary key, another one, or a reference to a table's. */
  readonly kind: "p" | "u" | "f";
  /** As PostgreSQL writes it: `PRIMARY KEY (installation, name)`. */
  readonly text: string;
  /** Of a reference: whether both rows lie in the same block. */
  readonly isWithin: boolean;
}

/** Keys of the tables with a block that do not hold it, and references to those: references first. */
async function keysWithoutBlock(transaction: Transaction<Schema>): Promise<readonly Key[]> {
  const declared = blockedTables.map(([table, column]) => sql`(${table}, ${column})`);
  const { rows } = await sql<Key>`
    with blocked (name, "column") as (values ${sql.join(declared)}),
    numbered as (
      select a.attrelid as id, a.attnum as block, o.attnum as ordinal
      from blocked join pg_attribute a on a.attrelid = to_regclass(quote_ident(blocked.name)) and a.attname = 'block'
        join pg_attribute o on o.attrelid = a.attrelid and o.attname = blocked."column"
    )
    select c.conrelid::regclass::text as "table", c.conname as name, c.contype as kind,
      pg_get_constraintdef(c.oid) as text,
      coalesce(c.conkey = array[own.ordinal] and c.confkey = array[other.ordinal], false) as "isWithin"
    from pg_constraint c
      left join numbered own on own.id = c.conrelid
      left join numbered other on other.id = c.confrelid
    where c.contype in ('p', 'u') and own.block <> all (c.conkey)
      or c.contype = 'f' and other.block <> all (c.confkey)
    order by c.contype = 'f' desc, c.contype, c.conrelid, c.conname
  `.execute(transaction);
  return rows;
}

/** A reference to what lies in another block goes: its key would have to do without. */
async function addToKeys(transaction: Transaction<Schema>, keys: readonly Key[]): Promise<void> {
  for (const { table, name } of keys)
    await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(transaction);
  for (const { table, name, text } of keys
    .filter(({ kind, isWithin }) => kind !== "f" || isWithin)
    .reverse()) {
    const withBlock = sql.raw(text.replaceAll(")", ", block)"));
    await sql`alter table ${sql.table(table)} add constraint ${sql.ref(name)} ${withBlock}`.execute(
      transaction,
    );
  }
}
