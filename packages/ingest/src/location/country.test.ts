/** The country of a device's address: known where its place may be, and nowhere else. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

/** Addresses of RIPE and of a provider in Austria; one that no country has. */
const [dutch, austrian, private_] = ["193.0.6.139", "88.117.1.2", "10.1.2.3"];

const server = await TestServer.start(undefined, { proxies: ["127.0.0.1"] });
t.teardown(() => server.remove());
const inventory = new Inventory(server);

/** Checks in through the proxy, as coming from an address. */
async function from(device: SimulatedDevice, address: string): Promise<void> {
  const headers = {
    authorization: `Bearer ${device.session}`,
    "content-type": "application/json",
    "x-forwarded-for": address,
  };
  const body = JSON.stringify(device.checkInBody());
  const { status } = await device.send({ method: "POST", path: "/v1/check-ins", headers, body });
  if (status !== 200) throw new Error(`check-in: ${status}`);
}

const countryOf = async (device: SimulatedDevice) => (await inventory.device(device.device)).country;

t.test("is that of the latest address that has one", async (t) => {
  const device = await server.device({ grant: "essential,location=country" });
  t.equal(await countryOf(device), null);
  for (const [address, country] of [
    [dutch, "NL"],
    [private_, "NL"],
    [austrian, "AT"],
    ["2001:67c:2e8:22::c100:68b", "NL"],
  ] as const) {
    await from(device, address);
    t.equal(await countryOf(device), country, address);
  }
  const { location } = await inventory.device(device.device);
  const nothing = { cell: null, resolution: null, accuracyMetres: null, latitude: null, longitude: null };
  t.match(location, { source: "address", country: "NL", ...nothing });
});

t.test("is found, counted and listed", async (t) => {
  const device = await server.device({ grant: "essential,location=city" });
  await from(device, austrian);
  const ids = async (q: string) => (await inventory.devices({ q })).items.map(({ id }) => id);
  t.same(await ids("country:AT"), [device.device]);
  t.same(await ids("country:at"), [device.device]);
  t.notOk((await ids("-country:AT")).includes(device.device));
  t.same((await inventory.facets({ field: "country" })).items, [
    { value: "AT", devices: 1 },
    { value: "NL", devices: 1 },
  ]);
});

t.test("is nowhere of a device whose place is not granted", async (t) => {
  const alone = await TestServer.start(undefined, { proxies: ["127.0.0.1"] });
  t.teardown(() => alone.remove());
  const asked = new Inventory(alone);
  const ungranted = await alone.device({ grant: "essential,hardware,network" });
  await from(ungranted, dutch);
  const { country, location } = await asked.device(ungranted.device);
  t.same([country, location], [null, null]);
  t.same(
    (await asked.devices()).items.map((item) => item.country),
    [null],
  );
  t.same((await asked.devices({ q: "country:NL" })).items, []);
  t.same((await asked.facets({ field: "country" })).items, []);
  const exported = JSON.stringify((await ungranted.me("GET", "/v1/me/export")).body);
  t.match(exported, /"country":null/);
  t.notMatch(exported, /"NL"/);
  t.notMatch(readFileSync(join(alone.directory, "requests.log"), "utf8"), /"NL"|country|193\.0\.6\.139/);
  t.same(rows(alone), []);
});

t.test("goes with the consent, and no later check-in brings it back", async (t) => {
  const device = await server.device({ grant: "essential,location=country" });
  await from(device, austrian);
  t.equal(await countryOf(device), "AT");
  const left = device.grants.filter(({ category }) => category !== "location");
  t.equal((await device.putConsent(left)).status, 200);
  device.consentNumber++;
  t.same(await inventory.device(device.device).then(({ country, location }) => [country, location]), [
    null,
    null,
  ]);
  await from(device, dutch);
  t.equal(await countryOf(device), null);
  t.equal(rows(server).length, 2, "the others' are there still");
});

t.test("is told by no forwarded address that a stranger wrote", async (t) => {
  const direct = await TestServer.start();
  t.teardown(() => direct.remove());
  const device = await direct.device({ grant: "essential,location=country" });
  await from(device, dutch);
  t.same(rows(direct), []);
});

/** What is stored of countries. */
function rows({ directory }: TestServer): unknown[] {
  const database = new SqliteDatabase(join(directory, "rollcall.db"), { readonly: true });
  try {
    return database.prepare("select country from countries").all();
  } finally {
    database.close();
  }
}
