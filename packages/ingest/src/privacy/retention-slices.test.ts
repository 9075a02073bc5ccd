/** Retention goes in slices: no transaction of it removes more than a few hundred rows, and nothing is left out. */
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t, { type Test } from "tap";
import { readConfig } from "../config.ts";
import { addApplication } from "../enrolment/application-queries.ts";
import { openPostgresStore } from "../store/postgres-store.ts";
import { protocolScope } from "../store/scope.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { defineRead, type Store } from "../store/store.ts";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import { removeOldAt } from "./retention.ts";
import { countOld, lastRow, removeOld } from "./retention-queries.ts";

const day = 86_400_000;

const numbers = defineRead({
  name: "numbers",
  async run(database, _scope, _input: null) {
    const rows = await database.selectFrom("applications").select("number").orderBy("number").execute();
    return rows.map(({ number }) => number);
  },
});

const engines = [
  {
    name: "SQLite",
    skip: false,
    open: (t: Test) => openSqliteStore(join(t.testdir({}), "rollcall.db")),
  },
  {
    name: "PostgreSQL",
    skip: withoutPostgres,
    open: async () => openPostgresStore(await postgresDatabase()),
  },
];

for (const { name, skip, open } of engines)
  t.test(
    `counts and removes the first old rows of a slice, and no young ones: ${name}`,
    { skip },
    async (t) => {
      const store = await open(t);
      t.teardown(() => store.close());
      const [old, young] = [1_000, 5_000];
      for (const number of ["10", "11", "12", "13", "14", "15", "16", "17"])
        await store.commit([addApplication({ number, name: number, at: Number(number) % 2 ? young : old })]);
      const last = await store.read(lastRow, protocolScope, "applications");
      const all = { table: "applications", since: "created_at", before: 2_000, after: 0, last };
      t.equal(await store.read(countOld, protocolScope, all), 4);
      const removed: number[] = [];
      do removed.push(...(await store.commit([removeOld({ ...all, most: 3 })])));
      while (removed.at(-1) === 3);
      t.same(removed, [3, 1]);
      t.equal(await store.read(countOld, protocolScope, all), 0);
      t.same(await store.read(numbers, protocolScope, null), ["11", "13", "15", "17"]);
    },
  );

/** What each commit of retention removed. */
function watched(store: Store) {
  const removed: number[] = [];
  const commit: Store["commit"] = async (batch) => {
    const outcomes = await store.commit(batch);
    for (const outcome of outcomes) if (typeof outcome === "number") removed.push(outcome);
    return outcomes;
  };
  return { removed, looked: { commit, read: store.read.bind(store) } };
}

t.test("removes many rows a few hundred at a time", async (t) => {
  const directory = t.testdir({});
  const file = join(directory, "rollcall.db");
  const store = await openSqliteStore(file);
  t.teardown(() => store.close());
  const now = 1_000 * day;
  const database = new SqliteDatabase(file);
  database.pragma("foreign_keys = OFF");
  const insert = database.prepare("insert into readings values (?, 'disks', ?, 'freeBytes', 1, ?)");
  database.transaction(() => {
    for (let number = 0; number < 12_000; number++)
      insert.run(number, String(number), now - (number % 8 === 0 ? 1 : 91) * day);
  })();
  const { removed, looked } = watched(store);
  t.same(await removeOldAt(looked, readConfig(directory), now), { readings: 10_500 });
  t.equal(Math.max(...removed), 500);
  t.equal(database.prepare("select count(*) from readings").pluck().get(), 1_500);
  database.close();
});
