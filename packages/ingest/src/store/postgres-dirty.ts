/**
 * Which devices a transaction changes, noted by PostgreSQL itself: triggers write into a temporary table of the
 * connection. One without it cannot change what a device is found by: the log would not tell of it.
 */
import { createHash } from "node:crypto";
import { type Kysely, sql, type Transaction } from "kysely";
import type { ClientBase } from "pg";
import { foundBy, rowsOf } from "./log.ts";
import { migrationLock } from "./postgres-locks.ts";
import type { Schema } from "./schema.ts";

/** The table for this connection; what is rolled back is not in it, and a commit empties it. */
export async function openNotes(client: ClientBase): Promise<void> {
  await client.query("create temporary table dirty (device bigint primary key) on commit delete rows");
}

/** What the open transaction changed so far. */
export async function notedDevices(transaction: Transaction<Schema>): Promise<number[]> {
  const { rows } = await sql<{ device: number }>`select device from pg_temp.dirty`.execute(transaction);
  return rows.map(({ device }) => device);
}

const prefix = "rollcall_dirty_";

/** Statements that make all triggers. */
const triggers: readonly string[] = Object.entries(foundBy).flatMap(([table, { columns, devices }]) =>
  Object.entries(rowsOf).flatMap(([did, rows]) => {
    const name = `${prefix}${table}_${did}`;
    const of = did === "update" && columns ? ` of ${columns.join(", ")}` : "";
    const notes = rows.map((row) => `insert into pg_temp.dirty ${devices(row)} on conflict do nothing;`);
    return [
      `create function ${name}() returns trigger language plpgsql as $$ begin ${notes.join(" ")} return null; end $$`,
      `create trigger ${name} after ${did}${of} on ${table} for each row execute function ${name}()`,
    ];
  }),
);

const digest = createHash("sha256").update(triggers.join("\n")).digest("hex");

/** Makes the triggers of this program where there are none or others. Whichever of several servers comes first does. */
export async function keepTriggers(database: Kysely<Schema>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await migrationLock(transaction);
    await sql`create table if not exists rollcall_triggers (digest text not null)`.execute(transaction);
    const { rows } = await sql<{ digest: string }>`select digest from rollcall_triggers`.execute(transaction);
    if (rows[0]?.digest === digest) return;
    await removeTriggers(transaction);
    for (const statement of triggers) await sql.raw(statement).execute(transaction);
    await sql`delete from rollcall_triggers`.execute(transaction);
    await sql`insert into rollcall_triggers values (${digest})`.execute(transaction);
  });
}

async function removeTriggers(transaction: Transaction<Schema>): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select p.proname as name from pg_proc p
    where p.pronamespace = current_schema()::regnamespace and starts_with(p.proname, ${prefix})
  `.execute(transaction);
  for (const { name } of rows) await sql`drop function ${sql.ref(name)} cascade`.execute(transaction);
}
