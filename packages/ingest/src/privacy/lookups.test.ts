/** Whoever reads a device's data is remembered for the person there, each answer that has something of it. */
import { lookupsAnswer } from "@rollcall/protocol";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { pathsIn } from "../store/data-directory.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const start = async () => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  return server;
};

const storedLookups = (directory: string): unknown => {
  const database = new SqliteDatabase(pathsIn(directory).database, { readonly: true });
  try {
    return database.prepare("select count(*) from lookups").pluck().get();
  } finally {
    database.close();
  }
};

/** `WHO WHAT TIMES` of each lookup that the person is shown, sorted. */
async function lookups(device: SimulatedDevice): Promise<string[]> {
  const reply = await device.me("GET", "/v1/me/lookups");
  if (outcomeOf(reply) !== "200") throw new Error(outcomeOf(reply));
  const { items } = lookupsAnswer.parse(reply.body);
  return items.map(({ by, what, times }) => `${by} ${what} ${times}`).sort();
}

t.test("remembers a record each time, and a list once a day for each account", async (t) => {
  const server = await start();
  const [device, other] = [await told(server, { hostname: "ada" }), await told(server, { hostname: "bob" })];
  t.same(await lookups(device), []);
  const viewer = new Inventory(server, await server.apiToken({ role: "viewer" }));
  const operator = new Inventory(server);
  await viewer.devices({ q: "host:ada" });
  await viewer.devices({ q: "host:ada" });
  await operator.device(device.device);
  await operator.device(device.device);
  await operator.named("ada");
  t.same(await lookups(device), [
    "admin os:tester list 1",
    "admin os:tester record 2",
    "viewer token:1 list 1",
  ]);
  t.same(await lookups(other), [], "nobody looked at the other");
  server.ahead += 86_400_000;
  await viewer.devices({ q: "host:ada" });
  t.same(
    (await lookups(device)).filter((line) => line.startsWith("viewer")),
    ["viewer token:1 list 1", "viewer token:1 list 1"],
  );
});

t.test("counts an answer about few devices as one about each of them", async (t) => {
  const server = await start();
  const [device, other] = [await told(server, { hostname: "ada" }), await told(server, { hostname: "bob" })];
  const operator = new Inventory(server);
  await operator.software({ deviceQ: "host:ada" });
  t.same([await lookups(device), await lookups(other)], [["admin os:tester list 1"], []]);
  await operator.facets({ field: "model", q: "host:bob" });
  t.same(
    [await lookups(device), await lookups(other)],
    [["admin os:tester list 1"], ["admin os:tester list 1"]],
  );
  for (let n = 0; n < 19; n++) await told(server, { hostname: `crowd-${n}`, model: "Crowd" });
  const crowd = await told(server, { hostname: "crowd", model: "Crowd" });
  await told(server, { hostname: "crowd-too", model: "Crowd" });
  await operator.facets({ field: "model", q: "model:Crowd" });
  t.same(await lookups(crowd), [], "21 devices are a crowd");
});

t.test("has what was remembered after an end and a start", async (t) => {
  const server = await start();
  const device = await told(server);
  await new Inventory(server).device(device.device);
  await server.restart();
  device.url = server.url;
  t.same(await lookups(device), ["admin os:tester record 1"]);
});

t.test("keeps nothing of a device that was deleted before its lookup was stored", async (t) => {
  const server = await start();
  const device = await told(server);
  await new Inventory(server).device(device.device);
  t.equal(outcomeOf(await server.admin("DELETE", `/api/v1/devices/${device.device}`)), "200");
  await server.stop();
  t.equal(storedLookups(server.directory), 0);
});
