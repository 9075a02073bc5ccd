/** The store on PostgreSQL alone: connections that are lost, and other servers on the same database. */
import { sql } from "kysely";
import t, { type Test } from "tap";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import { fleetJobs } from "./fleet-jobs.ts";
import { migrations } from "./migrations.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { protocolScope } from "./scope.ts";
import { defineRead, defineWrite, type Store } from "./store.ts";

/** Adds an application, named by how many there were: a rule that counts on what it read. */
const add = defineWrite({
  name: "add",
  async run(transaction, number: string) {
    const { count } = await transaction
      .selectFrom("applications")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    await transaction
      .insertInto("applications")
      .values({ number, name: String(count), created_at: 0 })
      .execute();
  },
});
const loseConnection = defineWrite({
  name: "lose-connection",
  async run(transaction, _input: null) {
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
  },
});
const pretendNewer = defineWrite({
  name: "pretend-newer",
  async run(transaction, version: number) {
    await sql`update rollcall_version set version = ${version}`.execute(transaction);
  },
});
const committed = defineRead({
  name: "committed",
  isPoint: true,
  run: (database) =>
    database.selectFrom("applications").select(["number", "name"]).orderBy("number").execute(),
});

const endless = defineRead({
  name: "endless",
  async run(database, _scope, _input: null) {
    await sql`select pg_sleep(3600)`.execute(database);
  },
});

const read = (store: Store) => store.read(committed, protocolScope, null);

async function opened(t: Test, url: string): Promise<Store> {
  const store = await openPostgresStore(url);
  t.teardown(() => store.close().catch(() => {}));
  return store;
}

t.test("PostgreSQL", { skip: withoutPostgres }, async (t) => {
  t.test("rejects everybody when the connection is lost, stores nothing, and goes on", async (t) => {
    const store = await opened(t, await postgresDatabase());
    const results = await Promise.allSettled([
      store.commit([add("a")]),
      store.commit([loseConnection(null)]),
      store.commit([add("b")]),
    ]);
    t.same(
      results.map((result) => result.status === "rejected" && result.reason.code),
      ["not-ready", "not-ready", "not-ready"],
    );
    t.same(await read(store), []);
    await store.commit([add("c")]);
    t.same(await read(store), [{ number: "c", name: "0" }]);
  });

  t.test(
    "is made once by servers that start together, whose transactions are as if one after another",
    async (t) => {
      const url = await postgresDatabase();
      const stores = await Promise.all([opened(t, url), opened(t, url)]);
      for (const round of ["a", "b", "c", "d", "e"])
        await Promise.all(stores.map((store, server) => store.commit([add(`${round}${server}`)])));
      const rows = await Promise.all(stores.map(read));
      t.same(rows[0], rows[1]);
      t.same(
        rows[0]?.map(({ name }) => name).sort(),
        Array.from({ length: 10 }, (_, index) => String(index)),
      );
    },
  );

  t.test(
    "lets one server lead each job, spreads them over several, and has none without a leader",
    async (t) => {
      const url = await postgresDatabase();
      const first = await opened(t, url);
      const asked = async (store: Store) => {
        const led: string[] = [];
        for (const job of fleetJobs) if (await store.leads(job)) led.push(job);
        return led;
      };
      t.same(await asked(first), fleetJobs, "one alone leads all");
      const second = await opened(t, url);
      t.same(await asked(second), [], "none that is led is taken away");
      const [kept, taken] = [await asked(first), await asked(second)];
      t.same([kept.length, taken.length], [3, 2]);
      t.same([...kept, ...taken].sort(), [...fleetJobs].sort());
      t.same([await asked(first), await asked(second)], [kept, taken], "and so it stays");
      await first.close();
      // PostgreSQL hears a moment later that the connection has ended.
      while ((await asked(second)).length < fleetJobs.length) {}
    },
  );

  t.test("ends reads of many rows that take too long, and asks the rest to come later", async (t) => {
    const store = await openPostgresStore(await postgresDatabase(), { milliseconds: 100, mostWaiting: 2 });
    t.teardown(() => store.close());
    const reads = Array.from({ length: 7 }, () => store.read(endless, protocolScope, null));
    const results = await Promise.allSettled(reads);
    t.same(
      results.map((result) => result.status === "rejected" && result.reason.code),
      [...Array(6).fill("query-too-slow"), "busy"],
    );
    t.same(await read(store), []);
  });

  t.test("takes texts that PostgreSQL has none of, and finds them again", async (t) => {
    const store = await opened(t, await postgresDatabase());
    await store.commit([add("a\0b")]);
    await t.rejects(store.commit([add("a\0b")]), { message: /duplicate key/ });
    t.same(await read(store), [{ number: "a\ufffdb", name: "0" }]);
  });

  t.test("reclaims what was deleted while others go on", async (t) => {
    const store = await opened(t, await postgresDatabase());
    await Promise.all([store.scrub(), store.scrub(), store.commit([add("a")]), store.ready()]);
    t.same(await read(store), [{ number: "a", name: "0" }]);
  });

  t.test("refuses a database that is newer than the program, without telling its password", async (t) => {
    const url = new URL(await postgresDatabase());
    url.password = "secret";
    const store = await opened(t, url.href);
    await store.commit([pretendNewer(migrations.length + 1)]);
    await t.rejects(openPostgresStore(url.href), {
      message: `postgres://${url.host}${url.pathname} was written by a newer Rollcall (database version ${migrations.length + 1}, this program knows ${migrations.length}). Start that version, or restore a backup from before the update.`,
    });
  });
});
