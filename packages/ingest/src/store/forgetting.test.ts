/** The list of what forgets names what there is: each table of a real database, and nothing else. */
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { TestServer } from "../testing/test-server.ts";
import { others, tables } from "./forgetting.ts";

t.test("names every table of the database", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const database = new SqliteDatabase(join(server.directory, "rollcall.db"), { readonly: true });
  t.teardown(() => database.close());
  const names = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all();
  t.same(names.toSorted(), Object.keys(tables).toSorted());
});

t.test("says of every place what ends a thing in it", async (t) => {
  for (const [name, { retention }] of Object.entries({ ...tables, ...others }))
    t.ok(typeof retention === "string" ? retention.trim() : retention.days, name);
});
