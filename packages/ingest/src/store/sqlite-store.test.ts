/** The store on SQLite: batches whole or not at all, each caller for itself, and on the disk when they resolve. */
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
const fail = defineWrite({
  name: "fail",
  run: (_transaction, reason: string): Promise<never> => Promise.reject(new Error(reason)),
});
const committed = defineRead({ name: "committed", run: (database) => numbers(database) });

const read = (store: Store) => store.read(committed, protocolScope, null);

async function opened(t: Test): Promise<{ store: Store; file: string }> {
  const file = join(t.testdir({}), "rollcall.db");
  const { store } = await openSqliteStore(file);
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

t.test("shares a transaction among callers, and shows nobody else what is not committed", async (t) => {
  const { store } = await opened(t);
  const look = defineWrite({ name: "look", run: async (_transaction, _input: null) => read(store) });
  const [first, second, third] = await Promise.all([
    store.commit([add("a")]),
    store.commit([add("b"), add("c")]),
    store.commit([look(null)]),
  ]);
  t.same(first, [["a"]]);
  t.same(
    second,
    [
      ["a", "b"],
      ["a", "b", "c"],
    ],
    "later batches see earlier ones: the transaction is one",
  );
  t.same(third, [[]], "and other connections see none of it");
  t.same(await read(store), ["a", "b", "c"]);
});

t.test("undoes a batch that fails, whole and alone", async (t) => {
  const { store } = await opened(t);
  const results = await Promise.allSettled([
    store.commit([add("a")]),
    store.commit([add("b"), fail("no"), add("c")]),
    store.commit([add("a")]),
    store.commit([add("d")]),
  ]);
  t.same(
    results.map((result) => (result.status === "fulfilled" ? result.value : result.reason.message)),
    [[["a"]], "no", "UNIQUE constraint failed: applications.number", [["a", "d"]]],
  );
  t.same(await read(store), ["a", "d"]);
});

t.test("rejects everybody when the commit itself fails, stores nothing, and goes on", async (t) => {
  const { store } = await opened(t);
  // A violation that SQLite notices at the commit only.
  const orphan = defineWrite({
    name: "orphan",
    async run(transaction, _input: null) {
      await sql`pragma defer_foreign_keys = on`.execute(transaction);
      const section = { installation: 99, name: "x", schema: 1, status: "ok", since: 0 } as const;
      await transaction
        .insertInto("sections")
        .values({ ...section, digest: null, body: null, indexed: 1 })
        .execute();
    },
  });
  const results = await Promise.allSettled([store.commit([add("a")]), store.commit([orphan(null)])]);
  t.same(
    results.map((result) => result.status === "rejected" && result.reason.message),
    ["FOREIGN KEY constraint failed", "FOREIGN KEY constraint failed"],
  );
  t.same(await read(store), []);
  t.same(await store.commit([add("b")]), [["b"]]);
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

t.test("settles everything when it closes, and takes nothing afterwards", async (t) => {
  const { store, file } = await opened(t);
  const names = Array.from({ length: 50 }, (_, index) => `n${String(index).padStart(2, "0")}`);
  const commits = Promise.allSettled(names.map((name) => store.commit([add(name)])));
  const late = store.close().then(() => store.commit([add("late")]));
  t.ok((await commits).every(({ status }) => status === "fulfilled"));
  await t.rejects(late, { code: "stopping" });
  const again = await openSqliteStore(file);
  t.teardown(() => again.store.close());
  t.same(await read(again.store), names);
});
