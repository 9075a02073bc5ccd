/** A database of the version before records: its sections and what changed are carried over, on either engine. */
import { compress, digestOfBytes } from "@rollcall/protocol";
import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect, sql } from "kysely";
import t, { type Test } from "tap";
import { encodeIds } from "../records/item-ids.ts";
import { sectionStates, storedSections } from "../records/sections.ts";
import { readableDocument } from "../records/stored-document.ts";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import { migrate, migratePostgres } from "./migrate.ts";
import { recordTable } from "./migrations/record-table.ts";
import { migrations } from "./migrations.ts";
import { connect } from "./postgres-dialect.ts";
import type { Schema } from "./schema.ts";

const before = migrations.slice(0, migrations.indexOf(recordTable));
const since = migrations.slice(0, before.length + 1);

type Migrate = (known: typeof migrations) => Promise<void>;

const text = (section: string) => Buffer.from(JSON.stringify({ section }));
const packages = ['{"name":"a"}', '{"name":"b"}'];
const deb = Buffer.from(`{"packages":[${packages.join()}]}`);

/** More installations than are carried over together, each with a history. */
const installations = 450;

async function fill(queries: Kysely<Schema>): Promise<void> {
  await sql`insert into enrolment_tokens (id, hash, group_name, ownership, wishes, uses, used, per_hour, local, created_at, created_by, expires_at)
    values (1, ${Buffer.alloc(1)}, 'g', 'organisation', '[]', 1, 0, 1, 0, 0, 'a', 0)`.execute(queries);
  for (const [at, item] of packages.entries())
    await sql`insert into items (id, section, hash, body, owner, seen) values (${at + 1}, 'software.deb', ${item}, ${item}, null, 0)`.execute(
      queries,
    );
  for (let of = 1; of <= installations; of++) {
    await sql`insert into devices (ordinal, id, group_name, ownership, first_seen_at, last_seen_at, summary, sort_name)
      values (${of}, ${`dev_${of}`}, 'g', 'organisation', 0, 0, '{}', '')`.execute(queries);
    await sql`insert into installations (ordinal, id, device, key, token, enrolled_at, applications, counter, state_digest, accepts_digest, consent_number, grants)
      values (${of}, ${`ins_${of}`}, ${of}, ${`k${of}`}, 1, 0, '[]', 0, '', '', 1, '[]')`.execute(queries);
    await section(queries, of, "memory", { document: text("memory"), at: 10 });
    await section(queries, of, "network", { document: null, at: 20 });
    await section(queries, of, "software.deb", { document: deb, at: 20 });
    await section(queries, of, "identifiers", { document: text(`of ${of >> 1}`), at: 5 });
    await sql`insert into section_history (installation, name, since, at, schema, status, digest, whole, body)
      values (${of}, 'memory', 5, 10, 1, 'ok', ${digestOfBytes(text("older"))}, 1, ${compress(text("older"))})`.execute(
      queries,
    );
  }
}

async function section(
  queries: Kysely<Schema>,
  of: number,
  name: string,
  { document, at }: { readonly document: Buffer | null; readonly at: number },
): Promise<void> {
  const isList = name === "software.deb";
  const rest = Buffer.from('[{},[["packages",["name"],[]]]]');
  const body = document && compress(isList ? rest : document);
  await sql`insert into sections (installation, name, schema, status, digest, body, items, since, indexed)
    values (${of}, ${name}, 1, ${document ? "ok" : "denied"}, ${document && digestOfBytes(document)}, ${body},
      ${isList ? encodeIds([[1, 2]]) : null}, ${at}, 1)`.execute(queries);
}

async function carriesOver(t: Test, queries: Kysely<Schema>, to: Migrate): Promise<void> {
  await to(before);
  await fill(queries);
  await to(since);
  const state = (name: string, at: number, document: Buffer | null) => ({
    name,
    schema: 1,
    status: document ? "ok" : "denied",
    digest: document && digestOfBytes(document),
    since: at,
    isIndexed: true,
  });
  for (const installation of [1, 200, 201, installations]) {
    t.same(await sectionStates(queries, installation), [
      state("identifiers", 5, text(`of ${installation >> 1}`)),
      state("memory", 10, text("memory")),
      state("network", 20, null),
      state("software.deb", 20, deb),
    ]);
    const documents = (await storedSections(queries, installation)).map(readableDocument);
    t.same(
      documents.map((each) => each?.toString() ?? null),
      [text(`of ${installation >> 1}`).toString(), text("memory").toString(), null, deb.toString()],
    );
  }
  const { rows } = await sql<{ since: number; rows: number; named: number }>`
    select since, count(*) as rows, sum(length(sections)) as named from changes group by since order by since
  `.execute(queries);
  t.same(
    rows.map((row) => [Number(row.since), Number(row.rows), Number(row.named)]),
    [
      [5, installations, 2 * installations],
      [10, installations, installations],
      [20, installations, 2 * installations],
    ],
  );
  const alike = await queries
    .selectFrom("records")
    .select("hint")
    .where("installation", "in", [2, 3, 4])
    .orderBy("installation")
    .execute();
  t.equal(alike[0]?.hint, alike[1]?.hint);
  t.not(alike[1]?.hint, alike[2]?.hint);
}

t.test("in SQLite", async (t) => {
  const database = new SqliteDatabase(":memory:");
  const queries = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
  t.teardown(() => queries.destroy());
  await carriesOver(t, queries, (known) => migrate(queries, "db", known));
});

t.test("in PostgreSQL", { skip: withoutPostgres }, async (t) => {
  const queries = connect(await postgresDatabase(), { max: 1 }).withoutPlugins();
  t.teardown(() => queries.destroy());
  await carriesOver(t, queries, (known) => migratePostgres(queries, "db", known));
});
