/** Migrations: each whole or not at all, each once, and never on a database that is newer than the program. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect, sql } from "kysely";
import t, { type Test } from "tap";
import { pathsIn } from "./data-directory.ts";
import { migrate } from "./migrate.ts";
import { type Migration, migrations } from "./migrations.ts";
import type { Schema } from "./schema.ts";
import { openSqliteStore } from "./sqlite-store.ts";

function empty(t: Test) {
  const database = new SqliteDatabase(":memory:");
  const queries = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
  t.teardown(() => queries.destroy());
  const tables = () =>
    database
      .prepare(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
      )
      .pluck()
      .all();
  return { queries, state: () => [database.pragma("user_version", { simple: true }), ...tables()] };
}

const making =
  (table: string): Migration =>
  async (transaction) => {
    await sql`create table ${sql.table(table)} (x)`.execute(transaction);
  };
const failing: Migration = async (transaction) => {
  await making("half")(transaction);
  throw new Error("no further");
};

t.test("applies each migration once, in order", async (t) => {
  const { queries, state } = empty(t);
  await migrate(queries, "db", [making("a")]);
  t.same(state(), [1, "a"]);
  await migrate(queries, "db", [failing, making("b"), making("c")]);
  t.same(state(), [3, "a", "b", "c"]);
  await migrate(queries, "db", [failing, failing, failing]);
  t.same(state(), [3, "a", "b", "c"]);
});

t.test("leaves the version before one that fails, with nothing of it, and goes on from there", async (t) => {
  const { queries, state } = empty(t);
  await t.rejects(migrate(queries, "db", [making("a"), failing, making("c")]), { message: "no further" });
  t.same(state(), [1, "a"]);
  await migrate(queries, "db", [failing, making("b"), making("c")]);
  t.same(state(), [3, "a", "b", "c"]);
});

t.test(
  "refuses a database that is newer than the program, in clear words, and leaves it as it is",
  async (t) => {
    const { database: file } = pathsIn(t.testdir({}));
    await (await openSqliteStore(file)).close();
    const newer = new SqliteDatabase(file);
    newer.pragma(`user_version = ${migrations.length + 1}`);
    newer.close();
    const before = readFileSync(file);
    await t.rejects(openSqliteStore(file), {
      message: `${file} was written by a newer Rollcall (database version ${migrations.length + 1}, this program knows ${migrations.length}). Start that version, or restore a backup from before the update.`,
    });
    t.ok(readFileSync(file).equals(before));
  },
);

t.test("refuses a file that is no database, and leaves it as it is", async (t) => {
  const file = join(t.testdir({ "rollcall.db": "not a database, but somebody's notes" }), "rollcall.db");
  const before = readFileSync(file);
  await t.rejects(openSqliteStore(file), { message: /not a database/ });
  t.ok(readFileSync(file).equals(before));
});
