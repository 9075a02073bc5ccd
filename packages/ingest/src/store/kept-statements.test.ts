/** Prepared statements are kept where that pays, and not without end. */
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { withKeptStatements } from "./kept-statements.ts";

t.test("gives out a statement of the same text again, and prepares long ones anew", async (t) => {
  const database = new SqliteDatabase(":memory:");
  t.teardown(() => database.close());
  const kept = withKeptStatements(database);
  const long = `select ${Array.from({ length: 1_000 }, () => "1234").join(", ")}`;
  t.equal(kept.prepare("select 1"), kept.prepare("select 1"));
  t.not(kept.prepare(long), kept.prepare(long));
  t.same(kept.prepare("select 1 as one").get(), { one: 1 });
});

t.test("keeps the first few hundred, and none beyond", async (t) => {
  const database = new SqliteDatabase(":memory:");
  t.teardown(() => database.close());
  const kept = withKeptStatements(database);
  const texts = Array.from({ length: 600 }, (_, number) => `select ${number}`);
  const first = texts.map((text) => kept.prepare(text));
  t.equal(first.filter((statement, index) => kept.prepare(texts[index] ?? "") === statement).length, 512);
});
