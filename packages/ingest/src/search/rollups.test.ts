/** Devices by the values of some fields, counted once a day: what is kept of that, for how long, and who is told. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { jsonLines, runHere } from "../testing/command.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const directory = mkdtempSync(join(tmpdir(), "rollcall-test-"));
const config = { "rollups.fields": "os.version,model,memory", "rollups.fewest": 2 };
writeFileSync(join(directory, "config.json"), JSON.stringify(config));
const server = await TestServer.start(directory);
t.teardown(() => server.remove());
const ask = new Inventory(server);

const day = 86_400_000;
// At noon, so that no midnight comes between.
server.ahead = day / 2 - (Date.now() % day) + day;
const today = () => new Date(Date.now() + server.ahead).toISOString().slice(0, 10);
const counted = async (field: string, at: string, more = {}) => {
  const { items, others, next } = await ask.facets({ field, at, ...more });
  return { items, others, next };
};

const ada = await told(server, { hostname: "ada", memory: 8 });
await told(server, { hostname: "bob", memory: 8 });
await told(server, { hostname: "cyd", memory: 16, model: "Ada's own" });
await told(server, { hostname: "dan", memory: 16, model: "Babbage 2" });
await told(server, { hostname: "eve", memory: 16, model: "Babbage 2" });
await server.tend();
const first = today();
server.ahead += day;
const system = machine({ model: "Babbage 2" }).system;
await ada.newSession();
await ada.sent({ system });
await server.tend();
const second = today();

t.test("tells how many had each value on a day, and names none that too few had", async (t) => {
  t.same(await counted("model", first), {
    items: [
      { value: "Analytical 12", devices: 2 },
      { value: "Babbage 2", devices: 2 },
    ],
    others: 1,
    next: null,
  });
  t.same(await counted("model", second), {
    items: [{ value: "Babbage 2", devices: 3 }],
    others: 2,
    next: null,
  });
  const memory = [
    { value: 16, devices: 3 },
    { value: 8, devices: 2 },
  ];
  t.same(await counted("memory", `${first}T23:59:59Z`), { items: memory, others: 0, next: null });
  t.same(await ask.walk(ask.facets, { field: "memory", at: first, limit: 1 }), memory, "page by page");
  const listed = await runHere(["facets", "memory", "--at", first, "--json", "--data", directory]);
  t.strictSame(jsonLines(listed.stdout), memory, "on the command line, too");
});

t.test("counts each day once, and only the fields that it was told to count", async (t) => {
  const before = await counted("model", second);
  await told(server, { hostname: "fay", model: "Babbage 2" });
  await server.tend();
  await server.restart();
  await server.tend();
  t.same(await counted("model", second), before);
  for (const parameters of [
    { field: "model", at: "2020-01-01" },
    { field: "os", at: first },
  ])
    t.match(await ask.get("facets", parameters), { status: 404, body: { code: "not-found" } });
  t.equal((await ask.get("facets", { field: "model", at: "yesterday" })).status, 400);
});

t.test("tells it whole, to who may see every device", async (t) => {
  const lab = new Inventory(server, await server.apiToken({ role: "admin", group: "default" }));
  for (const answer of [
    await lab.get("facets", { field: "model", at: first }),
    await ask.get("facets", { field: "model", at: first, q: "host:ada" }),
  ])
    t.match(answer, { status: 403, body: { code: "not-permitted" } });
  const viewer = new Inventory(server, await server.apiToken({ role: "viewer" }));
  t.equal((await viewer.get("facets", { field: "model", at: first })).status, 200);
});

t.test("knows it when the devices are gone, for 400 days", async (t) => {
  const before = await counted("model", first);
  await server.admin("DELETE", `/api/v1/devices/${ada.device}`);
  t.same(await counted("model", first), before);
  for (let days = 0; days < 400; days += 100) {
    server.ahead += 100 * day;
    await server.tend();
  }
  t.match(await ask.get("facets", { field: "model", at: first }), { status: 404 });
  t.equal((await ask.get("facets", { field: "model", at: today() })).status, 200);
});
