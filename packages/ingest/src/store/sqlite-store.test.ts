/** The store on SQLite alone: its settings, and an engine that gives up a transaction. */
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import t, { type Test } from "tap";
import { z } from "zod";
import { migrations } from "./migrations.ts";
import type { Schema } from "./schema.ts";
import { protocolScope } from "./scope.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { defineRead, defineWrite, type Store } from "./store.ts";

const application = (number: string) => ({ number, name: number, created_at: 0 });
const numbers = async (database: Kysely<Schema>) =>
  (await database.selectFrom("applications").select("number").orderBy("number").execute()).map(
    ({ number }) => number,
  );

/** Adds an application number and tells all that it sees then. */
const add = defineWrite({
  name: "add",
  async run(transaction, number: string) {
    await transaction.insertInto("applications").values(application(number)).execute();
    return numbers(transaction);
  },
});
const committed = defineRead({ name: "committed", run: (database) => numbers(database) });

const read = (store: Store) => store.read(committed, protocolScope, null);

async function opened(t: Test): Promise<{ store: Store; file: string }> {
  const file = join(t.testdir({}), "rollcall.db");
  const store = await openSqliteStore(file);
  t.teardown(() => store.close().catch(() => {}));
  return { store, file };
}

t.test("has the settings in force that durability and deletion rest on", async (t) => {
  const { store } = await opened(t);
  const pragma = defineWrite({
    name: "pragma",
    async run(transaction, name: string) {
      const { rows } = await sql`pragma ${sql.raw(name)}`.execute(transaction);
      return Object.values(z.looseObject({}).parse(rows[0]))[0];
    },
  });
  const names = ["journal_mode", "synchronous", "foreign_keys", "secure_delete", "user_version"];
  const values = await Promise.all(names.map(async (name) => (await store.commit([pragma(name)]))[0]));
  t.same(values, ["wal", 2, 1, 1, migrations.length]);
});

t.test(
  "rejects everybody when the engine gives up the transaction, stores nothing, and goes on",
  async (t) => {
    const { store } = await opened(t);
    // As SQLite does of its own when the disk is full.
    const giveUp = defineWrite({
      name: "give-up",
      async run(transaction, _input: null) {
        await sql`insert or rollback into applications values ('a', 'a', 0)`.execute(transaction);
      },
    });
    const results = await Promise.allSettled([
      store.commit([add("a")]),
      store.commit([giveUp(null)]),
      store.commit([add("b")]),
    ]);
    t.same(
      results.map((result) => result.status === "rejected" && result.reason.message),
      Array.from({ length: 3 }, () => "UNIQUE constraint failed: applications.number"),
    );
    t.same(await read(store), []);
    t.same(await store.commit([add("c")]), [["c"]]);
  },
);
