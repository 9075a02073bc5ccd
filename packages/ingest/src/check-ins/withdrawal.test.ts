/** What is withdrawn is gone from the disk, to the last byte: searched for in everything that the server keeps. */
import { allSections, canonical, type Grant, isGranted, stateDigest } from "@rollcall/protocol";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { z } from "zod";
import { pathsIn } from "../store/data-directory.ts";
import { machine, ok } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const without = (grants: readonly Grant[], ...categories: string[]) =>
  grants.filter(({ category }) => !categories.includes(category));

/** Sections of a machine whose every value is one that nothing else in the store could hold. */
const marked = (mark: string, memory = 1) =>
  machine({
    hostname: `host-${mark}`,
    serial: `SN-${mark}`,
    model: `Model ${mark}`,
    memory,
    packages: [`package-${mark} 1.0`, ...Array.from({ length: 500 }, (_, n) => `package-${mark}-${n} 1`)],
  });
const readings = (mark: string, uptimeSeconds: number) => ({
  "operating-system": { uptimeSeconds },
  storage: { [`/mount-${mark}`]: { free: 1 } },
});

/** Where each text stands on the server's disk, its write-ahead log included. */
function places(server: TestServer, texts: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, placesOfText(server.directory, text)]),
  );
}

async function startAgain(server: TestServer, ...devices: SimulatedDevice[]): Promise<void> {
  await server.restart();
  for (const device of devices) device.url = server.url;
}

t.test("removes documents, readings, search values and columns, and nothing of anybody else", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const [device, other] = [await server.device(), await server.device()];
  await device.checkedIn({ readings: readings("withdrawn", 314_159_265) });
  await device.sent(marked("withdrawn", 271_828_182_845));
  await other.checkedIn({ readings: readings("kept", 1) });
  await other.sent(marked("kept"));
  const texts = {
    host: "host-withdrawn",
    serial: "SN-withdrawn",
    model: "Model withdrawn",
    software: "package-withdrawn",
    memory: "271828182845",
    mount: "/mount-withdrawn",
    uptime: "314159265",
    kept: "host-kept",
  };
  // Now the index has them, too.
  t.equal((await server.admin("GET", "/api/v1/devices?fresh=true")).status, 200);
  // The control: the scanner finds each where it is kept, or its silence afterwards would mean nothing.
  await server.stop();
  const before = places(server, texts);
  const files = ["file part-0.db", "file rollcall.db"];
  const names = ["devices.sort_name", "devices.summary", ...files];
  t.same(before, {
    host: [...names, "records.body"],
    serial: ["devices.summary", ...files, "records.body"],
    model: ["devices.summary", ...files, "records.body"],
    software: ["file part-0.db", "records.body"],
    memory: ["records.body"],
    mount: ["file rollcall.db", "readings.item"],
    uptime: ["readings.value"],
    kept: [...names, "records.body"],
  });
  await startAgain(server, device);
  const grants = without(device.grants, "hardware", "system", "software");
  t.equal(outcomeOf(await device.putConsent(grants)), "200");
  // At once, while the server runs: the receipt says that it is gone.
  t.same(places(server, texts), {
    ...Object.fromEntries(Object.keys(texts).map((name) => [name, []])),
    kept: before.kept,
  });
});

const shownDevice = z.looseObject({ asOf: z.string() });
const whole = z.looseObject({
  sections: z.record(z.string(), z.looseObject({ status: z.string(), digest: z.string() })),
});

t.test("leaves what is still granted, with a state digest that both sides can compute", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await server.device();
  await device.checkedIn();
  const { receipt } = await device.sent(marked("a"));
  const grants = without(device.grants, "system");
  await device.putConsent(grants);
  device.consentNumber = 2;
  const left = allSections
    .filter((definition) => isGranted(definition, grants))
    .flatMap(({ name }) => (receipt.sections[name] ? [[name, receipt.sections[name]] as const] : []));
  t.equal(left.length, 4);
  device.stateDigest = stateDigest(Object.fromEntries(left));
  t.same((await device.checkedIn()).wants, []);
  const { body } = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.same(Object.keys(whole.parse(body).sections).sort(), left.map(([name]) => name).sort());
});

t.test("puts no list in force whose withdrawals could not be carried out to the end", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await server.device();
  await device.checkedIn({ readings: readings("a", 5) });
  await device.sent(marked("a"));
  const shown = async () => (await server.admin("GET", `/api/v1/devices/${device.device}`)).body;
  const { asOf: _, ...before } = shownDevice.parse(await shown());
  const database = new SqliteDatabase(pathsIn(server.directory).database);
  database.exec("create trigger stuck before delete on readings begin select raise(abort, 'stuck'); end");
  const grants = without(device.grants, "hardware", "system");
  t.equal(outcomeOf(await device.putConsent(grants)), "500 internal");
  t.match(await shown(), before);
  database.exec("drop trigger stuck");
  database.close();
  t.equal(outcomeOf(await device.putConsent(grants)), "200");
  t.match(await shown(), { hostname: null, consent: { consentNumber: 2 }, readings: {} });
});

t.test("counts a grant for other purposes only as withdrawn", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await server.device();
  await device.checkedIn();
  await device.sent(marked("purpose"));
  await server.stop();
  t.notSame(places(server, { text: "SN-purpose" }), { text: [] });
  await startAgain(server, device);
  const grants = device.grants.map((grant) =>
    grant.category === "hardware" ? { ...grant, purposes: ["trends" as const] } : grant,
  );
  t.equal(outcomeOf(await device.putConsent(grants)), "200");
  t.same(places(server, { text: "SN-purpose" }), { text: [] });
});

t.test("removes public addresses when the place may no longer be told precisely", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const grant = "hardware,network,location=precise";
  const [coarser, local] = [await server.device({ grant }), await server.device({ grant })];
  const network = (address: string) => ({
    network: ok({ interfaces: [{ addresses: [address], name: "eth0" }] }),
  });
  await coarser.checkedIn();
  await coarser.sent(network("203.0.114.77/24"));
  await local.checkedIn();
  await local.sent(network("10.0.114.77/24"));
  const texts = { public: "203.0.114.77", private: "10.0.114.77" };
  t.equal((await server.admin("GET", "/api/v1/devices?fresh=true")).status, 200);
  await server.stop();
  const before = places(server, texts);
  t.ok(before.public?.includes("records.body"), canonical(before));
  await startAgain(server, coarser, local);
  for (const device of [coarser, local]) {
    const grants = device.grants.map((given) =>
      given.category === "location" ? { ...given, level: "city" as const } : given,
    );
    t.equal(outcomeOf(await device.putConsent(grants)), "200");
  }
  t.same(places(server, texts), { public: [], private: before.private });
});
