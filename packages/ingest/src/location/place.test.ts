/** Where the organisation says that its device stands, and what of a place is shown to whom. */
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const inventory = new Inventory(server);

const place = { latitude: 48.2082, longitude: 16.3738 };
const nothing = { cell: null, resolution: null, accuracyMetres: null, latitude: null, longitude: null };
const put = (id: string, body: unknown) => server.admin("PUT", `/api/v1/devices/${id}/location`, body);
const locationOf = async (id: string) => (await inventory.device(id)).location;

const city = {
  cell: "851e15b7fffffff",
  resolution: 5,
  accuracyMetres: 9_855,
  source: "gpsd",
  at: "2026-03-04T05:00:00.000Z",
};

t.test("goes before what the device tells, until it is taken back", async (t) => {
  const { device } = await server.device();
  t.equal(await locationOf(device), null);
  t.match((await put(device, place)).body, { id: device, location: place });
  t.match(await locationOf(device), { ...nothing, ...place, source: "fixed", country: null });
  t.match((await put(device, { latitude: -33.9, longitude: 151.2 })).status, 200);
  t.match(await locationOf(device), { latitude: -33.9, longitude: 151.2 });
  t.match((await server.admin("DELETE", `/api/v1/devices/${device}/location`)).body, { location: null });
  t.equal(await locationOf(device), null);
});

t.test("is for the organisation to say of its own devices alone", async (t) => {
  const { device } = await server.device({ grant: "essential,location=city" });
  t.equal(outcomeOf(await put(device, place)), "403 not-permitted");
  t.equal(outcomeOf(await put(`dev_${"a".repeat(26)}`, place)), "404 not-found");
  const { device: own } = await server.device();
  for (const wrong of [
    {},
    { latitude: 91, longitude: 0 },
    { latitude: "1", longitude: 2 },
    { ...place, by: "x" },
  ])
    t.equal(outcomeOf(await put(own, wrong)), "400 invalid-request", JSON.stringify(wrong));
});

t.test(
  "shows what a device tells as it tells it, and the place itself to nobody who may not see it",
  async (t) => {
    const device = await server.device({ grant: "essential,location=city" });
    await device.checkedIn();
    await device.sent({ location: { schema: 1, status: "ok", document: city } });
    t.same(await locationOf(device.device), { ...nothing, ...city, country: null });
    const viewer = new Inventory(server, await server.apiToken({ role: "viewer" }));
    const { location, masked } = await viewer.device(device.device);
    t.same(location, { ...nothing, ...city, cell: null, country: null });
    t.match(masked?.toSorted(), [
      "consent.grants[].by",
      "consentHistory[].grant.by",
      "location.cell",
      "sections.location.cell",
    ]);
  },
);

t.test("refuses a finer cell than is granted, from whatever agent", async (t) => {
  const device = await server.device({ grant: "essential,location=city" });
  await device.checkedIn();
  for (const finer of [
    { ...city, cell: "861e15b47ffffff" },
    { ...city, ...place },
    { ...city, cell: "48.2,16.4" },
  ]) {
    const { refused } = await device.sent({ location: { schema: 1, status: "ok", document: finer } });
    t.match(refused, [{ section: "location" }], JSON.stringify(finer));
  }
  t.equal(await locationOf(device.device), null);
});
