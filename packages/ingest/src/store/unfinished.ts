/** The mark of a database that is being filled from another: how far that got. No server uses it until it is gone. */
import { type Kysely, sql, type Transaction } from "kysely";
import { hasTable } from "./engine.ts";
import type { Schema } from "./schema.ts";

const table = sql.table("rollcall_unfinished");

/** Throws where the database is still being filled. */
export async function refuseUnfinished(database: Kysely<Schema>, name: string): Promise<void> {
  if (await hasTable(database, "rollcall_unfinished"))
    throw new Error(`${name} is not whole: rollcall migrate was ended while it filled it. Run that again.`);
}

/** Begins to fill a database with what this server's has, or goes on with it. Throws where it holds something else. */
export async function beginUnfinished(
  database: Kysely<Schema>,
  server: string,
  tables: readonly string[],
): Promise<void> {
  if (await hasTable(database, "rollcall_unfinished")) {
    const { rows } = await sql`select 1 from ${table} where name = ${`server ${server}`}`.execute(database);
    if (rows.length === 0) throw new Error("the target is being filled from another server's database");
    return;
  }
  for (const each of tables) {
    const { rows } = await sql`select 1 from ${sql.table(each)} limit 1`.execute(database);
    if (rows.length > 0) throw new Error(`the target is not empty: it has rows in ${each}`);
  }
  await database.transaction().execute(async (transaction) => {
    await transaction.schema
      .createTable("rollcall_unfinished")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("after", "integer", (column) => column.notNull())
      .execute();
    await reach(transaction, `server ${server}`, 0);
  });
}

/** Up to where a table is filled. */
export async function progressOf(database: Kysely<Schema>, name: string): Promise<number> {
  const { rows } = await sql<{ after: number }>`select after from ${table} where name = ${name}`.execute(
    database,
  );
  return rows[0]?.after ?? 0;
}

export async function reach(transaction: Transaction<Schema>, name: string, after: number): Promise<void> {
  await sql`
    insert into ${table} (name, after) values (${name}, ${after})
    on conflict (name) do update set after = excluded.after
  `.execute(transaction);
}

export async function endUnfinished(database: Kysely<Schema>): Promise<void> {
  await sql`drop table ${table}`.execute(database);
}
