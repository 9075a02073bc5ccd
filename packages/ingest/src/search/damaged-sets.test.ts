/** A bit of a stored set that was flipped while the server runs: what is answered is right, or that there is no answer yet. */
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { Chance } from "../testing/chance.ts";
import { Inventory, type Parameters } from "../testing/inventory-questions.ts";
import { rounds } from "../testing/long.ts";
import { told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);
for (const [hostname, packages] of [
  ["ada", ["openssl 3.0.17-1", "zlib1g 1.2.13"]],
  ["bob", ["openssl 3.0.15-1"]],
  ["cyd", ["zlib1g 1.2.13"]],
] as const)
  await told(server, { hostname, packages });

const questions: readonly (readonly [path: string, Parameters])[] = [
  ["devices", { q: "software:openssl" }],
  ["devices", { q: "-software:zlib1g memory:16GiB" }],
  ["facets", { field: "model" }],
  ["software", {}],
  ["software", { sort: "devices" }],
];
/** The answers' items; null where there is no answer at this time. */
async function answers(fresh: "true" | "false"): Promise<unknown[]> {
  const replies = await Promise.all(
    questions.map(([path, parameters]) => inventory.get(path, { ...parameters, fresh })),
  );
  return replies.map(({ status, body, headers }) => {
    if (status === 503 && headers["retry-after"] !== undefined) return null;
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return Object(body).items.map((item: object) => ({ ...item, lastSeenAt: null }));
  });
}
const right = await answers("true");

const part = join(server.directory, "index", "part-0.db");
const chance = new Chance(6);

/** Whole, and nobody is at it: one that is being made anew already ends first. */
async function madeAnew(): Promise<void> {
  for (;;) if ((await server.admin("POST", "/api/v1/reindex", {})).status === 200) return;
}

/** Flips a bit of one of the sets, at first of the one that every question reads. */
function flip(round: number): void {
  const database = new SqliteDatabase(part, { fileMustExist: true });
  const sets = database
    .prepare<[], { id: number; body: Buffer }>("select id, body from bitmaps order by id")
    .all();
  const set = sets[round === 0 ? 0 : chance.number(round, 1) % sets.length];
  if (!set) throw new Error("there are no sets");
  const bit = chance.number(round, 2) % (set.body.length * 8);
  set.body.writeUInt8(set.body.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  database.prepare("update bitmaps set body = ? where id = ?").run(set.body, set.id);
  database.close();
}

t.test("is found, and the index made anew while nothing wrong is answered", async (t) => {
  let missed = 0;
  for (let round = 0; round < rounds(6, 300); round++) {
    await madeAnew();
    flip(round);
    const now = await answers("false");
    missed += now.filter((answer) => answer === null).length;
    t.same(
      now,
      right.map((answer, at) => (now[at] === null ? null : answer)),
      "right, or none",
    );
  }
  t.ok(missed > 0, "some of the sets were asked for");
});

t.test("leaves nothing behind that is wrong", async (t) => {
  await madeAnew();
  t.same(await answers("true"), right);
});
