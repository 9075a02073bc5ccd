/** Readings: kept when declared and granted, left out otherwise, and never the reason why a check-in fails. */
import t from "tap";
import { z } from "zod";
import { ok } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const withReadings = z.looseObject({ readings: z.record(z.string(), z.unknown()) });

/** What the inventory shows of a device's readings, without their instants. */
async function kept({ device }: SimulatedDevice): Promise<unknown> {
  const { body } = await server.admin("GET", `/api/v1/devices/${device}`);
  const text = JSON.stringify(withReadings.parse(body).readings, (name, value) =>
    name === "at" ? undefined : value,
  );
  return JSON.parse(text);
}

const uptime = (seconds: number) => ({ "operating-system": { uptimeSeconds: seconds } });
const free = (bytes: Readonly<Record<string, number>>) => ({
  storage: Object.fromEntries(Object.entries(bytes).map(([mount, value]) => [mount, { free: value }])),
});

t.test("keeps the latest value of each, of a section and of the items of its list", async (t) => {
  const device = await server.device();
  await device.checkedIn({ readings: { ...uptime(60), ...free({ "/": 10.5, "/home": 20 }) } });
  t.same(await kept(device), {
    "operating-system": { uptimeSeconds: { value: 60 } },
    storage: { "/": { free: { value: 10.5 } }, "/home": { free: { value: 20 } } },
  });
  await device.checkedIn({ readings: { ...uptime(3_667), ...free({ "/": 11 }) } });
  t.same(await kept(device), {
    "operating-system": { uptimeSeconds: { value: 3_667 } },
    storage: { "/": { free: { value: 11 } }, "/home": { free: { value: 20 } } },
  });
});

const onlyUptime = { "operating-system": { uptimeSeconds: { value: 60 } } };

t.test("leaves out what no definition declares, and keeps what stands beside it", async (t) => {
  const device = await server.device();
  await device.checkedIn({
    readings: {
      "operating-system": { uptimeSeconds: 60, loadAverage: 3, hostname: 1, item: { uptimeSeconds: 4 } },
      storage: { "/": { free: 10, size: 5 }, free: 9, "/home": { free: -1 } },
      memory: { total: 5 },
      "no-such-section": { value: 1 },
      system: {},
    },
  });
  t.same(await kept(device), { ...onlyUptime, storage: { "/": { free: { value: 10 } } } });
});

t.test("leaves out what is not granted", async (t) => {
  const device = await server.device({ grant: "system" });
  await device.checkedIn({ readings: { ...uptime(60), ...free({ "/": 10 }) } });
  t.same(await kept(device), onlyUptime);
});

t.test("stores no readings with a check-in that is refused", async (t) => {
  const device = await server.device();
  await device.checkedIn();
  const readings = uptime(60);
  const later = device.checkInBody({ readings, consentNumber: 9 });
  t.equal(outcomeOf(await device.checkIn(later)), "409 consent-changed");
  t.equal(outcomeOf(await device.checkIn({ ...later, counter: 1 })), "409 identity-in-doubt");
  t.same(await kept(device), {});
});

t.test("refuses what is no reading at all", async (t) => {
  const device = await server.device();
  const junk = [5, [], { system: 5 }, { system: { x: "1" } }, { "A B": {} }, { system: { x: { y: {} } } }];
  for (const readings of junk) {
    const reply = await device.checkIn(device.checkInBody({ readings }));
    t.equal(outcomeOf(reply), "400 invalid-request", JSON.stringify(readings));
  }
  t.same(await kept(device), {});
});

t.test("forgets the readings of a section that is said to be gone", async (t) => {
  for (const status of ["none", "not-consented"]) {
    const device = await server.device();
    await device.checkedIn({ readings: { ...uptime(60), ...free({ "/": 10 }) } });
    await device.sent({ storage: ok({ filesystems: [{ mount: "/" }] }) });
    await device.sent({ storage: { schema: 1, status } });
    t.same(await kept(device), onlyUptime, status);
  }
});

t.test("keeps nothing of an item that the document no longer names", async (t) => {
  const device = await server.device();
  await device.checkedIn({ readings: free({ "/": 10, "/mnt/project-zeta": 20 }) });
  const filesystems = (...mounts: string[]) => ({
    storage: ok({ filesystems: mounts.map((mount) => ({ mount })) }),
  });
  await device.sent(filesystems("/", "/mnt/project-zeta"));
  t.match(await kept(device), { storage: { "/": {}, "/mnt/project-zeta": {} } });
  await device.sent(filesystems("/"));
  t.same(await kept(device), { storage: { "/": { free: { value: 10 } } } });
});

t.test("keeps no more readings than lists can have items", async (t) => {
  const device = await server.device();
  for (let round = 0; round < 5; round++) {
    server.ahead += 1_000;
    const invented = Array.from({ length: 2_000 }, (_, n) => [`/${round}-${n}`, n] as const);
    await device.checkedIn({ readings: free(Object.fromEntries(invented)) });
  }
  const { storage } = z.object({ storage: z.record(z.string(), z.unknown()) }).parse(await kept(device));
  const rounds = Object.groupBy(Object.keys(storage), (mount) => mount.slice(1, 2));
  t.same(Object.fromEntries(Object.entries(rounds).map(([round, mounts]) => [round, mounts?.length])), {
    1: 2_000,
    2: 2_000,
    3: 2_000,
    4: 2_000,
  });
});
