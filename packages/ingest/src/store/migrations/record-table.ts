/** One record for each installation in the place of a row for each of its sections, and what changed in an order of its own. */
import { decompress, limits, type Status } from "@rollcall/protocol";
import { sql, type Transaction } from "kysely";
import { noteChange } from "../../records/change-rows.ts";
import { writeRecord } from "../../records/record-rows.ts";
import { keepWords } from "../../records/record-words.ts";
import { keptBody } from "../../records/stored-document.ts";
import type { Schema } from "../schema.ts";
import { ordinal } from "./ordinal.ts";

/** Installations that are carried over together. */
const slice = 200;

export async function recordTable(database: Transaction<Schema>): Promise<void> {
  const { schema } = database;
  await ordinal(schema.createTable("section_names"), "number")
    .addColumn("name", "text", (column) => column.notNull().unique())
    .execute();
  await ordinal(schema.createTable("dictionaries"), "number")
    .addColumn("digest", "text", (column) => column.notNull().unique())
    .addColumn("body", "blob", (column) => column.notNull())
    .execute();
  await schema
    .createTable("records")
    .addColumn("installation", "integer", (column) => column.primaryKey())
    .addColumn("hint", "integer")
    .addColumn("body", "blob", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("records_by_hint")
    .on("records")
    .column("hint")
    .where(sql.ref("hint"), "is not", null)
    .execute();
  await ordinal(schema.createTable("changes"), "id")
    .addColumn("installation", "integer", (column) => column.notNull())
    .addColumn("since", "integer", (column) => column.notNull())
    .addColumn("sections", "blob", (column) => column.notNull())
    .execute();
  await schema.createIndex("changes_by_time").on("changes").column("since").execute();
  await schema.createIndex("changes_of_installation").on("changes").column("installation").execute();
  await carryRecords(database);
  await schema.dropTable("sections").execute();
  await schema.dropIndex("section_history_by_time").execute();
}

interface FormerSection {
  readonly name: string;
  readonly schema: number;
  readonly status: Status;
  readonly digest: string | null;
  readonly body: Uint8Array | null;
  readonly items: Uint8Array | null;
  readonly since: number;
  readonly indexed: number;
}

async function carryRecords(database: Transaction<Schema>): Promise<void> {
  const { rows: names } = await sql<{ name: string }>`
    select name from sections union select name from section_history
  `.execute(database);
  // A database without anything stays so: another may be carried into it.
  if (names.length === 0) return;
  await keepWords(
    database,
    names.map(({ name }) => name),
  );
  for (let after = 0; ; ) {
    const { rows } = await sql<{ installation: number }>`
      select installation from sections where installation > ${after}
      union select installation from section_history where installation > ${after}
      order by installation limit ${sql.lit(slice)}
    `.execute(database);
    for (const { installation } of rows) await carryRecord(database, installation);
    const last = rows.at(-1);
    if (!last) return;
    after = last.installation;
  }
}

async function carryRecord(database: Transaction<Schema>, installation: number): Promise<void> {
  const { rows: sections } = await sql<FormerSection>`
    select name, schema, status, digest, body, items, since, indexed from sections
    where installation = ${installation} order by name
  `.execute(database);
  await writeRecord(
    database,
    installation,
    sections.map(({ indexed, body, ...section }) => ({
      ...section,
      isIndexed: indexed === 1,
      body: body && carried(body),
    })),
  );
  const { rows: changes } = await sql<{ since: number; name: string }>`
    select since, name from sections where installation = ${installation}
    union select since, name from section_history where installation = ${installation}
    order by since, name
  `.execute(database);
  for (const [since, named] of Map.groupBy(changes, (change) => change.since))
    await noteChange(database, { installation, since, names: named.map(({ name }) => name) });
}

/** What cannot be decoded stays as it is, and is found damaged by who reads it. */
function carried(body: Uint8Array): Uint8Array {
  try {
    return keptBody(decompress(body, limits.sectionDecoded));
  } catch {
    return body;
  }
}
