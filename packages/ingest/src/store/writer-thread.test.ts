/** The thread that writes: what it answers crosses whole, and a process does not outlive it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { addApplication } from "../enrolment/application-queries.ts";
import { protocolScope } from "./scope.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { defineRead } from "./store.ts";

const writer = new URL("../writer.ts", import.meta.url);

const names = defineRead({
  name: "application-names",
  run: async (database, _scope, _input: null) =>
    (await database.selectFrom("applications").select("name").orderBy("name").execute()).map(
      (row) => row.name,
    ),
});

const add = (number: string, at = 0) => addApplication({ number, name: number, at });

t.test("commits what others hand in beside a batch that fails, which tells why", async (t) => {
  const file = join(t.testdir({}), "rollcall.db");
  const store = await openSqliteStore(file, { writer });
  const results = await Promise.allSettled([
    store.commit([add("a")]),
    store.commit([add("b"), add("no time", Number.NaN)]),
    store.commit([add("c")]),
  ]);
  t.match(results, [
    { status: "fulfilled" },
    { reason: { name: "SqliteError", code: /^SQLITE_CONSTRAINT/, message: /applications\.created_at/ } },
    { status: "fulfilled" },
  ]);
  t.same(await store.read(names, protocolScope, null), ["a", "c"]);
  await store.scrub();
  await store.close();
  await t.rejects(store.commit([add("d")]), { code: "stopping" });
});

t.test("tells what keeps a database from being opened", async (t) => {
  const file = join(
    t.testdir({ "rollcall.db": "no database, but long enough to be taken for one".repeat(99) }),
    "rollcall.db",
  );
  await t.rejects(openSqliteStore(file, { writer }), { message: /not a database/ });
});

/** Opens a store whose thread ends in this way at its first transaction; says so should it be acknowledged. */
const program = (ending: string) => `
  import { openSqliteStore } from ${JSON.stringify(new URL("./sqlite-store.ts", import.meta.url).href)};
  const thread = \`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ ask }) => {
      if (ask === "open") parentPort.postMessage({ settled: [] });
      else ${ending};
    });\`;
  new (await import("better-sqlite3")).default(process.argv[1]).exec("create table t (n)");
  const store = await openSqliteStore(process.argv[1], { writer: new URL("data:text/javascript," + encodeURIComponent(thread)) });
  setInterval(() => {}, 1_000);
  await store.commit([]).catch(() => {});
  console.log("acknowledged");
`;

for (const [ending, tells] of [
  ["process.exit(3)", /the thread that writes the database ended with 3/],
  ['throw new Error("broken")', /broken/],
] as const)
  t.test(`ends the process with an error when it ends by ${ending}`, async (t) => {
    const args = ["--input-type=module", "--eval", program(ending), join(t.testdir({}), "rollcall.db")];
    const child = spawn(process.execPath, args, { cwd: import.meta.dirname });
    t.teardown(() => child.kill("SIGKILL"));
    const told = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await once(child, "exit");
    const [out, errors] = await told;
    t.same([code, out], [1, ""]);
    t.match(errors, tells);
  });
