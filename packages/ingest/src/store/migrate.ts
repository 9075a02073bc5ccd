/** Brings a database to this program's version at start: each migration in one transaction, in order. */
import { type Kysely, sql } from "kysely";
import { type Migration, migrations } from "./migrations.ts";
import type { Schema } from "./schema.ts";

/** Applies what is missing. Throws with a clear word when the database is newer than the program. */
export async function migrate(
  database: Kysely<Schema>,
  name: string,
  known: readonly Migration[] = migrations,
): Promise<void> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(database);
  const version = rows[0]?.user_version ?? 0;
  if (version > known.length) {
    throw new Error(
      `${name} was written by a newer Rollcall (database version ${version}, this program knows ${known.length}). ` +
        "Start that version, or restore a backup from before the update.",
    );
  }
  for (const [index, migration] of known.entries()) {
    if (index < version) continue;
    await database.transaction().execute(async (transaction) => {
      await migration(transaction);
      await sql.raw(`pragma user_version = ${index + 1}`).execute(transaction);
    });
  }
}
