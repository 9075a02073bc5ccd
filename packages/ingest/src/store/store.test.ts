/** The store on either engine: batches whole or not at all, each caller for itself, and kept when they resolve. */
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import t, { type Test } from "tap";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import { lastRowOf, rowsBetween } from "./engine.ts";
import { openPostgresStore } from "./postgres-store.ts";
import type { Schema } from "./schema.ts";
import { protocolScope } from "./scope.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { defineRead, defineWrite, type Store } from "./store.ts";

interface Engine {
  readonly name: string;
  readonly skip: string | false;
  /** How it says that an application's number is there already, and that a row's key leads nowhere. */
  readonly taken: string;
  readonly orphaned: string;
  /** Where a new store of the test's own is kept. */
  place(t: Test): Promise<string>;
  open(place: string): Promise<Store>;
}

const engines: readonly Engine[] = [
  {
    name: "SQLite",
    skip: false,
    taken: "UNIQUE constraint failed: applications.number",
    orphaned: "FOREIGN KEY constraint failed",
    place: async (t) => join(t.testdir({}), "rollcall.db"),
    open: (file) => openSqliteStore(file),
  },
  {
    name: "PostgreSQL",
    skip: withoutPostgres,
    taken: 'duplicate key value violates unique constraint "applications_pkey"',
    orphaned: 'insert or update on table "orphans" violates foreign key constraint "orphans_number_fkey"',
    place: () => postgresDatabase(),
    open: (url) => openPostgresStore(url),
  },
];

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

/** Leaves what is noticed at the commit only. */
const orphan = defineWrite({
  name: "orphan",
  async run(transaction, _input: null) {
    await sql`
      create table orphans (number text references applications (number) deferrable initially deferred)
    `.execute(transaction);
    await sql`insert into orphans values ('none')`.execute(transaction);
  },
});
const read = (store: Store) => store.read(committed, protocolScope, null);

let looking: Store | null = null;
const look = defineWrite({
  name: "look",
  run: async (_transaction, _input: null) => looking && read(looking),
});

const addAll = defineWrite({
  name: "add-all",
  async run(transaction, all: readonly string[]) {
    await transaction.insertInto("applications").values(all.map(application)).execute();
  },
});
const inSlices = defineRead({
  name: "in-slices",
  async run(database, _scope, size: number) {
    const last = await lastRowOf(database, "applications");
    const slices: string[][] = [];
    for (let after = 0; after < last; after += size) {
      const query = database.selectFrom("applications").select("number");
      const rows = await query.where(rowsBetween(database, after, Math.min(after + size, last))).execute();
      slices.push(rows.map(({ number }) => number));
    }
    return slices;
  },
});

async function reopened(t: Test, engine: Engine, place: string): Promise<Store> {
  const store = await engine.open(place);
  t.teardown(() => store.close().catch(() => {}));
  return store;
}

const opened = async (t: Test, engine: Engine) => reopened(t, engine, await engine.place(t));

for (const engine of engines)
  t.test(engine.name, { skip: engine.skip }, async (t) => {
    t.test("shares a transaction among callers, and shows nobody else what is not committed", async (t) => {
      const store = await opened(t, engine);
      looking = store;
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
      const store = await opened(t, engine);
      const results = await Promise.allSettled([
        store.commit([add("a")]),
        store.commit([add("b"), fail("no"), add("c")]),
        store.commit([add("a")]),
        store.commit([add("d")]),
      ]);
      t.same(
        results.map((result) => (result.status === "fulfilled" ? result.value : result.reason.message)),
        [[["a"]], "no", engine.taken, [["a", "d"]]],
      );
      t.same(await read(store), ["a", "d"]);
    });

    t.test("rejects everybody when the commit itself fails, stores nothing, and goes on", async (t) => {
      const store = await opened(t, engine);
      const results = await Promise.allSettled([store.commit([add("a")]), store.commit([orphan(null)])]);
      t.same(
        results.map((result) => result.status === "rejected" && result.reason.message),
        [engine.orphaned, engine.orphaned],
      );
      t.same(await read(store), []);
      t.same(await store.commit([add("b")]), [["b"]]);
    });

    t.test("settles everything when it closes, and takes nothing afterwards", async (t) => {
      const place = await engine.place(t);
      const store = await reopened(t, engine, place);
      const names = Array.from({ length: 50 }, (_, index) => `n${String(index).padStart(2, "0")}`);
      const commits = Promise.allSettled(names.map((name) => store.commit([add(name)])));
      const late = store.close().then(() => store.commit([add("late")]));
      t.ok((await commits).every(({ status }) => status === "fulfilled"));
      await t.rejects(late, { code: "stopping" });
      t.same(await read(await reopened(t, engine, place)), names);
    });

    t.test("goes through a table slice by slice, each row once", async (t) => {
      const store = await opened(t, engine);
      const names = Array.from({ length: 300 }, (_, index) => `n${String(index).padStart(3, "0")}`);
      await store.commit([addAll(names)]);
      const slices = await store.read(inSlices, protocolScope, 100);
      t.same(slices.flat().sort(), names);
      t.ok(slices.length > 1 && slices.every(({ length }) => length < names.length));
    });
  });
