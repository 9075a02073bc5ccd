/** The index of a running server: made anew on request, and wherever its files are not what they should be. */
import {
  cpSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { run } from "../testing/command.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);
const part = join(server.directory, "index", "part-0.db");

async function added(hostname: string): Promise<void> {
  const device = await server.device();
  await device.checkedIn();
  await device.sent(machine({ hostname }));
}

for (const hostname of ["ada", "bob", "cyd"]) await added(hostname);
const all = async () => [
  await inventory.found("host:bob"),
  await inventory.found("software:openssl"),
  (await inventory.facets({ field: "model" })).items,
];
const expected = await all();

t.test("is made anew on request, and has the same", async (t) => {
  const reply = await server.admin("POST", "/api/v1/reindex", {});
  t.equal(outcomeOf(reply), "200");
  t.same(reply.body, { devices: 3 });
  t.same(await all(), expected);
  const end = await run(["reindex", "--data", server.directory]);
  t.match(end, { code: 0, stdout: /it has 3 devices/ });
  t.same(await all(), expected);
});

const damages: Readonly<Record<string, () => void>> = {
  "is missing": () => rmSync(join(server.directory, "index"), { recursive: true }),
  "is cut short": () => truncateSync(part, Math.floor(statSync(part).size / 2)),
  "is empty": () => truncateSync(part, 0),
  "is something else": () => writeFileSync(part, "no index at all".repeat(1_000)),
  "has flipped bytes": () => {
    const file = openSync(part, "r+");
    for (let at = 4_096; at < statSync(part).size; at += 4_096)
      writeSync(file, Buffer.alloc(64, 0xff), 0, 64, at);
  },
};
for (const [is, damage] of Object.entries(damages))
  t.test(`answers right after a start where it ${is}`, async (t) => {
    await server.stop();
    damage();
    await server.restart();
    t.same(await all(), expected);
  });

t.test("takes in at the next start what it does not have yet, and what came while it was away", async (t) => {
  await server.stop();
  const old = join(server.directory, "..", `old-${process.pid}`);
  t.teardown(() => rmSync(old, { recursive: true, force: true }));
  cpSync(join(server.directory, "index"), old, { recursive: true });
  await server.restart();
  await added("dan");
  await server.stop();
  rmSync(join(server.directory, "index"), { recursive: true });
  cpSync(old, join(server.directory, "index"), { recursive: true });
  t.notOk(readFileSync(part).includes("dan"));
  await server.restart();
  t.same(await inventory.found("host:dan"), ["dan"]);
  t.same(await inventory.found("host:bob"), ["bob"]);
});

t.test("is made anew where an older database was put in its place", async (t) => {
  const database = join(server.directory, "rollcall.db");
  await server.stop();
  const older = readFileSync(database);
  await server.restart();
  await added("eve");
  t.same(await inventory.found("host:eve"), ["eve"]);
  await server.stop();
  writeFileSync(database, older);
  await server.restart();
  // As many changes as there were after the copy, before anybody asks: by numbers alone the index would have them.
  await added("fay");
  t.same(await inventory.found("host:fay"), ["fay"]);
  t.same(await inventory.found("host:eve"), []);
});

t.test("comes back by itself once what kept it from being opened is gone", async (t) => {
  await server.stop();
  const index = join(server.directory, "index");
  rmSync(index, { recursive: true });
  writeFileSync(index, "in the way");
  await server.restart();
  t.match(outcomeOf(await inventory.get("devices", { fresh: "true" })), /^50[03] /);
  t.equal((await server.device()).device.slice(0, 4), "dev_", "devices do not wait for it");
  rmSync(index);
  t.same(await inventory.found("host:bob"), ["bob"]);
});
