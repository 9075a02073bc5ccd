/** The two ways between PostgreSQL and the database's file in a backup: out of one moment, and into an empty database. */
import { type Kysely, sql } from "kysely";
import { carryOver } from "../store/carry-over.ts";
import { hasTable } from "../store/engine.ts";
import { databaseVersion } from "../store/migrate.ts";
import { openForMigration } from "../store/open-for-migration.ts";
import { connect } from "../store/postgres-dialect.ts";
import { nameOf } from "../store/postgres-store.ts";
import type { Schema } from "../store/schema.ts";
import { refuseUnfinished } from "../store/unfinished.ts";

/** Copies what the database has at one moment, beside servers that go on writing; each table is compared. */
export async function copyPostgres(url: string, copy: string): Promise<void> {
  const database = connect(url, { max: 1 });
  try {
    await refuseOtherVersion(database, nameOf(url));
    const target = await openForMigration(copy);
    try {
      // Nobody counts on the copy before it is whole.
      await sql`pragma synchronous = off`.execute(target);
      await database
        .transaction()
        .setIsolationLevel("repeatable read")
        .setAccessMode("read only")
        .execute((moment) => carryOver(moment, target, () => {}));
    } finally {
      await target.destroy();
    }
  } finally {
    await database.destroy();
  }
}

/** A backup changes nothing: what an older program made is brought up to date by the next start of a server. */
async function refuseOtherVersion(database: Kysely<Schema>, name: string): Promise<void> {
  const isMade = await hasTable(database, "rollcall_version").catch((cause: unknown) => {
    throw new Error(`${name} cannot be reached, or lets nobody in`, { cause });
  });
  if (!isMade) throw new Error(`${name} was never served`);
  await refuseUnfinished(database, name);
  const { rows } = await sql<{ version: number }>`select version from rollcall_version`.execute(database);
  const version = rows[0]?.version ?? 0;
  if (version !== databaseVersion)
    throw new Error(
      `${name} has database version ${version}, this program ${databaseVersion}: back it up with the program that serves it`,
    );
}

/** Fills an empty database with what a backup's file has; goes on where it was ended. Throws where a server uses it. */
export async function fillPostgres(url: string, copy: string): Promise<void> {
  const source = await openForMigration(copy);
  try {
    const target = await openForMigration(url);
    try {
      await carryOver(source, target, () => {});
    } finally {
      await target.destroy();
    }
  } finally {
    await source.destroy();
  }
}
