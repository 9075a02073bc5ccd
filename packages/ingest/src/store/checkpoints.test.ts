/** Bringing the log home beside the writer: it begins anew, however long the load lasts, and nothing of it is lost. */
import { statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { protocolScope } from "./scope.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { defineRead, defineWrite } from "./store.ts";

const add = defineWrite({
  name: "add",
  async run(transaction, { number, filling }: { number: string; filling: string }): Promise<void> {
    await transaction.insertInto("applications").values({ number, name: filling, created_at: 0 }).execute();
  },
});
const count = defineRead({
  name: "count",
  async run(database, _scope, _input: null): Promise<number> {
    const rows = await database.selectFrom("applications").select("number").execute();
    return rows.length;
  },
});

t.test("keeps the log short under load, and every commit", async (t) => {
  const file = join(t.testdir({}), "rollcall.db");
  const store = await openSqliteStore(file);
  const filling = "x".repeat(60_000);
  let longest = 0;
  const written = 1_500;
  for (let number = 0; number < written; number++) {
    await store.commit([add({ number: `app-${number}`, filling })]);
    longest = Math.max(longest, statSync(`${file}-wal`).size);
  }
  t.ok(
    longest < 60 * 2 ** 20,
    `the log was ${longest} bytes at most, of ${written * filling.length} written`,
  );
  await store.scrub();
  t.equal(statSync(`${file}-wal`).size, 0);
  t.equal(await store.read(count, protocolScope, null), written);
  await store.close();
});

t.test("scrubs while the log is being brought home, several at once", async (t) => {
  const file = join(t.testdir({}), "rollcall.db");
  const store = await openSqliteStore(file);
  const filling = "y".repeat(200_000);
  for (let number = 0; number < 70; number++) {
    const commit = store.commit([add({ number: `app-${number}`, filling })]);
    if (number > 60) await Promise.all([commit, store.scrub(), store.scrub()]);
    else await commit;
  }
  t.equal(await store.read(count, protocolScope, null), 70);
  await store.close();
});
