/** What is older than its place in the list allows goes: once a day by itself, at once when asked, and for good. */
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { pathsIn } from "../store/data-directory.ts";
import { runHere } from "../testing/command.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

const day = 86_400_000;

const start = async () => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  return server;
};

function counts({ directory }: TestServer): Record<string, unknown> {
  const database = new SqliteDatabase(pathsIn(directory).database, { readonly: true });
  try {
    const count = (table: string) => database.prepare(`select count(*) from ${table}`).pluck().get();
    return { readings: count("readings"), lookups: count("lookups"), records: count("records") };
  } finally {
    database.close();
  }
}

/** A device that told a reading and was looked at, today. */
async function looked(server: TestServer) {
  const device = await told(server);
  await device.checkedIn({ readings: { "operating-system": { uptimeSeconds: 5 } } });
  await new Inventory(server).device(device.device);
  await device.me("GET", "/v1/me/lookups");
  return device;
}

t.test("removes each thing at its age, not a day before, and says how many", async (t) => {
  const server = await start();
  const rollcall = (...args: string[]) => runHere([...args, "--json", "--data", server.directory]);
  await looked(server);
  t.same(counts(server), { readings: 1, lookups: 1, records: 1 });
  server.ahead = 89 * day;
  t.same(JSON.parse((await rollcall("retention", "run")).stdout), { removed: { "requests.log": 1 } });
  const { database } = pathsIn(server.directory);
  t.not(statSync(`${database}-wal`).size, 0, "where no row went, no file is looked through");
  server.ahead = 91 * day;
  t.same(JSON.parse((await rollcall("retention", "run", "--dry-run")).stdout), { due: { readings: 1 } });
  t.same(counts(server), { readings: 1, lookups: 1, records: 1 }, "a dry run removes nothing");
  t.match(JSON.parse((await rollcall("retention", "run")).stdout), { removed: { readings: 1 } });
  server.ahead = 401 * day;
  t.match(JSON.parse((await rollcall("retention", "run")).stdout), { removed: { lookups: 1 } });
  t.same(counts(server), { readings: 0, lookups: 0, records: 1 }, "what a device has now stays");
});

t.test("runs by itself once a day", async (t) => {
  const server = await start();
  await server.tend();
  await looked(server);
  server.ahead = 91 * day;
  await server.tend();
  t.match(counts(server), { readings: 0 });
  await looked(server);
  server.ahead += day - 1;
  await server.tend();
  t.match(counts(server), { readings: 1 });
});

t.test("does not let an older database bring back what a run removed", async (t) => {
  const server = await start();
  const device = await looked(server);
  const { database } = pathsIn(server.directory);
  await server.stop();
  copyFileSync(database, `${server.directory}.backup`);
  server.ahead = 91 * day;
  await server.restart();
  t.equal(outcomeOf(await server.admin("POST", "/api/v1/retention", {})), "200");
  await server.stop();
  copyFileSync(`${server.directory}.backup`, database);
  t.match(counts(server), { readings: 1 }, "the control: it is back");
  // By a clock that stands where it was: nothing would be too old.
  server.ahead = 0;
  await server.restart();
  t.match(counts(server), { readings: 0, records: 1 });
  t.equal((await new Inventory(server).device(device.device)).id, device.device);
});

t.test("puts the request log of each day aside, and removes it after thirty", async (t) => {
  const server = await start();
  const logs = () => readdirSync(server.directory).filter((name) => name.startsWith("requests-"));
  await server.admin("GET", "/api/v1/devices");
  const today = new Date().toISOString().slice(0, 10);
  server.ahead = 2 * day;
  await server.admin("GET", "/api/v1/facets?field=model");
  await server.restart();
  t.same(logs(), [`requests-${today}.log`]);
  const text = (name: string) => readFileSync(`${server.directory}/${name}`, "utf8");
  t.ok(text(`requests-${today}.log`).includes('"/api/v1/devices"'));
  t.ok(text("requests.log").includes('"/api/v1/facets"'));
  t.notOk(text("requests.log").includes('"/api/v1/devices"'));
  server.ahead = 29 * day;
  await server.admin("POST", "/api/v1/retention", {});
  t.ok(existsSync(`${server.directory}/requests-${today}.log`));
  server.ahead = 32 * day;
  const { body } = await server.admin("POST", "/api/v1/retention", {});
  // After the restart the present one, too, went by when the disk's own clock says that it was written: today.
  t.match(body, { removed: { "requests.log": 2 } });
  t.notOk(logs().includes(`requests-${today}.log`));
});
