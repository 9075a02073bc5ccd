/** A database as `rollcall migrate` reads or fills it: of this program's version, and nobody's while it does. */
import { type Kysely, sql } from "kysely";
import { checkInsToRows } from "./check-ins-to-rows.ts";
import { migrate } from "./migrate.ts";
import { connect as connectPostgres } from "./postgres-dialect.ts";
import { openNotes } from "./postgres-dirty.ts";
import { serverNumbers } from "./postgres-locks.ts";
import { nameOf, preparePostgres } from "./postgres-store.ts";
import type { Schema } from "./schema.ts";
import { connect } from "./sqlite-writer.ts";

export async function openForMigration(place: string): Promise<Kysely<Schema>> {
  return place.startsWith("postgres") ? openPostgres(place) : openSqlite(place);
}

async function openPostgres(url: string): Promise<Kysely<Schema>> {
  await preparePostgres(url);
  const database = connectPostgres(url, { max: 1, idleTimeoutMillis: 0 }, openNotes);
  const { rows } = await sql`
    select from pg_locks where locktype = 'advisory' and classid = ${serverNumbers}
      and database = (select oid from pg_database where datname = current_database())
  `.execute(database);
  if (rows.length === 0) return database;
  await database.destroy();
  throw new Error(`a server uses ${nameOf(url)}; end it first`);
}

/** Whoever calls owns the data directory that the file is in. */
async function openSqlite(file: string): Promise<Kysely<Schema>> {
  const { database, queries } = connect(file, false);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  database.pragma("secure_delete = ON");
  await migrate(queries, file);
  checkInsToRows(database);
  return queries;
}
