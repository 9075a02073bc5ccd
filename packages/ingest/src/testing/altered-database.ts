/** A server's database, read and changed behind its back, whichever engine it is. */
import SqliteDatabase from "better-sqlite3";
import { type Kysely, sql } from "kysely";
import type { RecordSection } from "../records/record-codec.ts";
import { readRecord, writeRecord } from "../records/record-rows.ts";
import { connect } from "../store/postgres-dialect.ts";
import { openNotes } from "../store/postgres-dirty.ts";
import type { Schema } from "../store/schema.ts";
import { connect as connectSqlite } from "../store/sqlite-writer.ts";
import { openTruth } from "../store/truth.ts";
import type { TestServer } from "./test-server.ts";

/** What `read` makes of what the database holds at the moment. */
export async function holding<Result>(
  { database }: TestServer,
  read: (queries: Kysely<Schema>) => Promise<Result>,
): Promise<Result> {
  const { queries } = openTruth(database);
  try {
    return await read(queries);
  } finally {
    await queries.destroy();
  }
}

/** Puts what `change` makes of each section of every record in its place. */
export async function alterSections(
  { database }: TestServer,
  change: (section: RecordSection) => RecordSection,
): Promise<void> {
  const queries = database.startsWith("postgres")
    ? connect(database, { max: 1 }, openNotes)
    : connectSqlite(database, false).queries;
  try {
    const rows = await queries.selectFrom("records").select("installation").execute();
    for (const { installation } of rows) {
      const sections = await readRecord(queries, installation);
      const altered = sections.map((section) => change({ ...section, body: section.body() }));
      await writeRecord(queries, installation, altered);
    }
  } finally {
    await queries.destroy();
  }
}

/** Runs one statement. */
export async function alter({ database }: TestServer, statement: string): Promise<void> {
  if (!database.startsWith("postgres")) {
    const file = new SqliteDatabase(database);
    file.exec(statement);
    file.close();
    return;
  }
  const queries = connect(database, { max: 1 });
  try {
    await sql.raw(statement).execute(queries);
  } finally {
    await queries.destroy();
  }
}
