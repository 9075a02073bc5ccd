/** Brings a database to this program's version at start: each migration in one transaction, in order. */
import { type Kysely, sql } from "kysely";
import { migrations } from "./migrations.ts";
import type { Schema } from "./schema.ts";

const numbers = migrations.map((_, index) => index + 1);

/** Applies what is missing. Throws with a clear word when the database is newer than the program. */
export async function migrate(database: Kysely<Schema>, name: string): Promise<void> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(database);
  const version = rows[0]?.user_version ?? 0;
  if (version > migrations.length) {
    throw new Error(
      `${name} was written by a newer Rollcall (database version ${version}, this program knows ${migrations.length}). ` +
        "Start that version, or restore a backup from before the update.",
    );
  }
  for (const number of numbers.slice(version)) {
    await database.transaction().execute(async (transaction) => {
      await migrations[number - 1]?.(transaction);
      await sql.raw(`pragma user_version = ${number}`).execute(transaction);
    });
  }
}
