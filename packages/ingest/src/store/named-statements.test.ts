/** Statements that PostgreSQL keeps: those that come again, each under one name, and new ones when a table was changed. */
import { sql } from "kysely";
import t from "tap";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import { StatementNames } from "./named-statements.ts";
import { connect } from "./postgres-dialect.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { defineWrite } from "./store.ts";

t.test("statements have a name from the second time on, unless they are long", (t) => {
  const names = new StatementNames();
  t.same(
    ["a", "b", "a", "a", "b"].map((text) => names.of(text)),
    [undefined, undefined, "rollcall_1", "rollcall_1", "rollcall_2"],
  );
  const long = "x".repeat(5_000);
  t.same([names.of(long), names.of(long)], [undefined, undefined]);
  names.forget("a");
  t.same([names.of("a"), names.of("a"), names.of("b")], [undefined, "rollcall_3", "rollcall_2"]);
  for (let each = 0; each < 2_000; each++) for (const _ of [1, 2]) names.of(String(each));
  t.equal(names.of("1999"), undefined, "no more than so many");
  t.equal(names.of("b"), "rollcall_2");
  t.end();
});

const readApplication = defineWrite({
  name: "test-read-application",
  run: (transaction, number: string) =>
    transaction.selectFrom("applications").selectAll().where("number", "=", number).execute(),
});

t.test("statements on PostgreSQL", { skip: withoutPostgres }, async (t) => {
  t.test("are kept by the session, and made anew for a table that was changed", async (t) => {
    const url = await postgresDatabase();
    const store = await openPostgresStore(url);
    t.teardown(() => store.close());
    for (const _ of [1, 2, 3]) t.same(await store.commit([readApplication("a")]), [[]]);
    const other = connect(url, { max: 1 });
    t.teardown(() => other.destroy());
    await sql`alter table applications add column more text`.execute(other);
    await other
      .withoutPlugins()
      .insertInto("applications")
      .values({ number: "a", name: "", created_at: 0 })
      .execute();
    t.same(await store.commit([readApplication("a")]), [
      [{ number: "a", name: "", created_at: 0, more: null }],
    ]);
  });

  t.test("are as many as there are texts, whatever they are asked with", async (t) => {
    const database = connect(await postgresDatabase(), { max: 1 });
    t.teardown(() => database.destroy());
    for (let each = 0; each < 5; each++) await sql`select ${each}::bigint as it`.execute(database);
    const kept = await sql`select statement from pg_prepared_statements`.execute(database);
    t.same(kept.rows, [{ statement: "select $1::bigint as it" }]);
  });
});
