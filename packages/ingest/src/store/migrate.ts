/** Brings a database to this program's version at start: each migration in one transaction, in order. */
import { type Kysely, sql } from "kysely";
import { type Migration, migrations } from "./migrations.ts";
import { migrationLock } from "./postgres-locks.ts";
import type { Schema } from "./schema.ts";

/** The version of a database that every migration was applied to. */
export const databaseVersion = migrations.length;

/** Applies what is missing. Throws with a clear word when the database is newer than the program. */
export async function migrate(
  database: Kysely<Schema>,
  name: string,
  known: readonly Migration[] = migrations,
): Promise<void> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(database);
  const version = rows[0]?.user_version ?? 0;
  refuseNewer(name, version, known);
  for (const [index, migration] of known.entries()) {
    if (index < version) continue;
    await database.transaction().execute(async (transaction) => {
      await migration(transaction);
      await sql.raw(`pragma user_version = ${index + 1}`).execute(transaction);
    });
  }
}

/** The same on PostgreSQL, whichever of several servers comes first: the others wait for it and find nothing missing. */
export async function migratePostgres(
  database: Kysely<Schema>,
  name: string,
  known: readonly Migration[] = migrations,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await migrationLock(transaction);
    await sql`create table if not exists rollcall_version (version bigint not null)`.execute(transaction);
  });
  for (;;) {
    const isDone = await database.transaction().execute(async (transaction) => {
      await migrationLock(transaction);
      const { rows } = await sql<{ version: number }>`select version from rollcall_version`.execute(
        transaction,
      );
      const version = rows[0]?.version ?? 0;
      refuseNewer(name, version, known);
      const migration = known[version];
      if (!migration) return true;
      // Tables get their blocks afterwards, and of rows that are inserted before that from triggers (`postgres-blocks.ts`).
      await migration(transaction.withoutPlugins());
      await sql`delete from rollcall_version`.execute(transaction);
      await sql`insert into rollcall_version values (${version + 1})`.execute(transaction);
      return false;
    });
    if (isDone) return;
  }
}

function refuseNewer(name: string, version: number, known: readonly Migration[]): void {
  if (version > known.length)
    throw new Error(
      `${name} was written by a newer Rollcall (database version ${version}, this program knows ${known.length}). ` +
        "Start that version, or restore a backup from before the update.",
    );
}
