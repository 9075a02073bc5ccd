/** Whoever migrates is killed anywhere and begins again: the database is what one migration without a break makes of it. */
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import t from "tap";
import { z } from "zod";
import { Chance } from "../testing/chance.ts";
import { rounds } from "../testing/long.ts";
import { migrating } from "../testing/migrating-process.ts";
import { carryOver } from "./carry-over.ts";
import { databaseVersion, migrate } from "./migrate.ts";
import { migrations } from "./migrations.ts";
import { openForMigration } from "./open-for-migration.ts";
import type { Schema } from "./schema.ts";

const chance = new Chance(13);
const directory = t.testdir({});
const file = (name: string) => join(directory, name);

/** What has to be what the program once wrote there, which the tests of these migrations have. */
const written: readonly string[] = ["sections", "section_history"];
/** Tables of one row. */
const single: readonly string[] = ["server", "audit_checkpoint"];

const column = z.object({ name: z.string(), type: z.string() });

const tablesOf = (database: Database): string[] =>
  z
    .array(z.string())
    .parse(
      database
        .prepare(
          "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
        )
        .pluck()
        .all(),
    );

/** Puts rows into every table: numbers are those of their row, so that each refers to what is there; texts are all different. */
function fill(database: Database, rows: number): void {
  let texts = 0;
  const newValue = (type: string, row: number) => {
    if (type === "integer") return row;
    const text = `text-${++texts}`;
    return type === "blob" ? Buffer.from(text) : text;
  };
  database.pragma("foreign_keys = OFF");
  for (const table of tablesOf(database)) {
    if (written.includes(table)) continue;
    const columns = z.array(column).parse(database.pragma(`table_info(${table})`));
    const insert = database.prepare(`insert into "${table}" values (${columns.map(() => "?").join(", ")})`);
    for (let row = 1; row <= (single.includes(table) ? 1 : rows); row++)
      insert.run(columns.map(({ type }) => newValue(type.toLowerCase(), row)));
  }
}

/** Everything that stands in a database, with its version. */
function content(name: string): Readonly<Record<string, unknown>> {
  const database = new SqliteDatabase(file(name), { readonly: true });
  try {
    const all = (table: string) =>
      database
        .prepare(`select * from "${table}"`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort();
    return {
      version: database.pragma("user_version", { simple: true }),
      ...Object.fromEntries(tablesOf(database).map((table) => [table, all(table)])),
    };
  } finally {
    database.close();
  }
}

/** A database of the first version, with rows. */
async function first(name: string, rows: number): Promise<void> {
  const database = new SqliteDatabase(file(name));
  const queries = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
  await migrate(queries, name, migrations.slice(0, 1));
  fill(database, rows);
  await queries.destroy();
}

t.before(async () => {
  await first("first.db", 40);
  copyFileSync(file("first.db"), file("expected.db"));
});

t.test("brings a database to this version, however often it was ended", async (t) => {
  const statements = (await migrating({ file: file("expected.db") })) ?? 0;
  const expected = content("expected.db");
  t.equal(expected.version, databaseVersion);
  t.ok(statements > 20, `${statements} statements`);
  for (let round = 0; round < rounds(10, 100); round++) {
    const killedAt = 1 + (chance.number(round, 1) % statements);
    const name = `killed-${round}.db`;
    copyFileSync(file("first.db"), file(name));
    t.equal(await migrating({ file: file(name), killedAt }), null);
    await (await openForMigration(file(name))).destroy();
    t.same(content(name), expected, `killed before statement ${killedAt}`);
    rmSync(file(name));
  }
});

t.test("carries a database over into another, however often it was ended", async (t) => {
  const statements = (await migrating({ file: file("expected.db"), to: file("carried.db") })) ?? 0;
  const [expected, carried] = [content("expected.db"), content("carried.db")];
  t.same(carried, expected, "the control");
  for (let round = 0; round < rounds(10, 100); round++) {
    const killedAt = 1 + (chance.number(round, 2) % statements);
    const name = `carried-${round}.db`;
    t.equal(await migrating({ file: file("expected.db"), to: file(name), killedAt }), null);
    const [from, to] = [await openForMigration(file("expected.db")), await openForMigration(file(name))];
    await carryOver(from, to, () => {});
    for (const each of [from, to]) await each.destroy();
    t.same(content(name), carried, `killed before statement ${killedAt}`);
    rmSync(file(name));
  }
});
