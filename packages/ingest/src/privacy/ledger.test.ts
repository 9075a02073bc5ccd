/** What was deleted stays deleted, whatever database is put in its place and wherever the server was killed. */
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { pathsIn } from "../store/data-directory.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const deleteDevice = (server: TestServer, { device }: SimulatedDevice) =>
  server.admin("DELETE", `/api/v1/devices/${device}`);

const askForSession = async (server: TestServer, device: SimulatedDevice) => {
  device.url = server.url;
  const body = { installation: device.installation };
  return outcomeOf(await device.prove("session", "/v1/sessions", body, device.installation));
};

async function hostnames(server: TestServer): Promise<unknown[]> {
  const { items } = await new Inventory(server).devices();
  return items.map(({ hostname }) => hostname);
}

/** Puts the database aside, as a backup does that stops the server. */
async function backUp(server: TestServer): Promise<() => Promise<void>> {
  const { database } = pathsIn(server.directory);
  const copy = `${server.directory}.backup`;
  await server.stop();
  copyFileSync(database, copy);
  await server.restart();
  return async () => {
    await server.stop();
    renameSync(copy, database);
  };
}

/** A server of which a device was deleted after a backup, and one is left. */
async function afterDeletion(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const [gone, kept] = [await told(server, { hostname: "gone" }), await told(server, { hostname: "kept" })];
  const restore = await backUp(server);
  t.equal(outcomeOf(await deleteDevice(server, gone)), "200");
  return { server, gone, kept, restore };
}

t.test("tells a device that was deleted what became of it, also after a restart", async (t) => {
  const { server, gone, kept } = await afterDeletion(t);
  gone.url = server.url;
  t.equal(outcomeOf(await gone.checkIn()), "401 session-invalid");
  t.equal(await askForSession(server, gone), "410 device-deleted");
  await server.restart();
  t.equal(await askForSession(server, gone), "410 device-deleted");
  t.equal(await askForSession(server, kept), "201");
});

t.test(
  "names nobody in the ledger whom its reader could recognise, and lets nobody else read it",
  async (t) => {
    const { server, gone } = await afterDeletion(t);
    const { ledger, ledgerKey } = pathsIn(server.directory);
    for (const id of [gone.device, gone.installation]) t.same(placesOfText(server.directory, id), []);
    for (const file of [ledger, ledgerKey]) t.equal(statSync(file).mode & 0o777, 0o600, file);
    t.match(
      readFileSync(ledger, "utf8"),
      /^\{"at":\d+,"categories":null,"names":\["[\w-]{43}","[\w-]{43}"\],"number":1\}\n$/,
    );
  },
);

t.test("deletes again before the first answer what an older database brings back", async (t) => {
  const { server, gone, restore } = await afterDeletion(t);
  await restore();
  t.notSame(placesOfText(server.directory, gone.device), [], "the control: it is back");
  await server.restart();
  t.same(placesOfText(server.directory, gone.device), []);
  t.same(await hostnames(server), ["kept"]);
  t.equal(await askForSession(server, gone), "410 device-deleted");
});

t.test("withdraws again what an older database brings back", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const [device, other] = [
    await told(server, { serial: "SN-WITHDRAWN", hostname: "ada" }),
    await told(server, { serial: "SN-KEPT" }),
  ];
  const restore = await backUp(server);
  device.url = server.url;
  const grants = device.grants.filter(({ category }) => category !== "hardware");
  t.equal(outcomeOf(await device.putConsent(grants)), "200");
  await restore();
  t.notSame(placesOfText(server.directory, "SN-WITHDRAWN"), [], "the control: it is back");
  await server.restart();
  t.same(placesOfText(server.directory, "SN-WITHDRAWN"), []);
  t.match(await new Inventory(server).device(device.device), { hostname: "ada", serial: null });
  t.match(await new Inventory(server).device(other.device), { serial: "SN-KEPT" });
});

t.test("does not start when the ledger is older than its database, or gone", async (t) => {
  const { server, kept } = await afterDeletion(t);
  const { ledger, ledgerKey } = pathsIn(server.directory);
  const before = `${ledger}.before`;
  copyFileSync(ledger, before);
  t.equal(outcomeOf(await deleteDevice(server, kept)), "200");
  await server.stop();
  renameSync(ledger, `${ledger}.whole`);
  await t.rejects(server.restart(), { message: /deletions\.ledger ends at 0, its database knows of 2/ });
  copyFileSync(before, ledger);
  await t.rejects(server.restart(), { message: /deletions\.ledger ends at 1, its database knows of 2/ });
  renameSync(`${ledger}.whole`, ledger);
  renameSync(ledgerKey, `${ledgerKey}.away`);
  await t.rejects(server.restart(), { message: /ledger\.key is missing/ });
  renameSync(`${ledgerKey}.away`, ledgerKey);
  appendFileSync(ledger, "x\n");
  await t.rejects(server.restart(), { message: /line 3 of .*deletions\.ledger is no entry/ });
  copyFileSync(before, ledger);
  appendFileSync(ledger, readFileSync(before));
  await t.rejects(server.restart(), { message: /line 2 of .*deletions\.ledger is no entry/ });
});

t.test("takes the ledger from its second place, and brings each up to the other", async (t) => {
  const directory = t.testdir({ data: {}, elsewhere: {} });
  const second = join(directory, "elsewhere", "deletions.ledger");
  writeFileSync(join(directory, "data", "config.json"), JSON.stringify({ "ledger.secondPlace": second }));
  const server = await TestServer.start(join(directory, "data"));
  t.teardown(() => server.remove());
  const { ledger } = pathsIn(server.directory);
  for (const lost of [ledger, second]) {
    t.equal(outcomeOf(await deleteDevice(server, await server.device())), "200");
    await server.stop();
    const whole = readFileSync(ledger, "utf8");
    t.equal(readFileSync(second, "utf8"), whole);
    rmSync(lost);
    await server.restart();
    t.equal(readFileSync(lost, "utf8"), whole);
  }
});

t.test("forgets the rest of a write that was cut off", async (t) => {
  const { server, gone, kept } = await afterDeletion(t);
  const { ledger } = pathsIn(server.directory);
  const whole = readFileSync(ledger, "utf8");
  await server.stop();
  appendFileSync(ledger, whole.slice(0, 40));
  await server.restart();
  t.equal(await askForSession(server, gone), "410 device-deleted");
  t.equal(outcomeOf(await deleteDevice(server, kept)), "200");
  const lines = readFileSync(ledger, "utf8").split("\n");
  t.same([`${lines[0]}\n`, lines.length], [whole, 3]);
});

t.test(
  "reports nothing done that the ledger does not have, and carries it there at the next start",
  async (t) => {
    const server = await TestServer.start();
    t.teardown(() => server.remove());
    const device = await told(server, { hostname: "gone" });
    const { ledger } = pathsIn(server.directory);
    mkdirSync(ledger);
    t.equal(outcomeOf(await deleteDevice(server, device)), "503 busy");
    t.equal(await askForSession(server, device), "503 busy");
    t.equal(outcomeOf(await device.me("GET", "/v1/me")), "503 busy");
    await server.stop();
    rmSync(ledger, { recursive: true });
    await server.restart();
    t.same(await hostnames(server), []);
    t.equal(readFileSync(ledger, "utf8").split("\n").length, 2);
    t.equal(await askForSession(server, device), "410 device-deleted");
  },
);
