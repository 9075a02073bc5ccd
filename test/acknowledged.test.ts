/**
 * Many new devices at once on an empty database: whatever was acknowledged is stored, whole, and found. Another
 * inventory server acknowledged 200 new devices over 8 connections and stored 77.
 */
import t, { type Test } from "tap";
import { Inventory } from "../packages/ingest/src/testing/inventory-questions.ts";
import { TestServer } from "../packages/ingest/src/testing/test-server.ts";
import { Fleet, type SwarmSections } from "../scripts/swarm/fleet.ts";
import { Line } from "../scripts/swarm/line.ts";
import { Swarm } from "../scripts/swarm/swarm.ts";

const size = 200;
const packagesEach = 4;

/** The fleet with few packages each, so that it is the number of devices that takes the time. */
class SmallFleet extends Fleet {
  override sections(device: number, age: number): SwarmSections {
    const told = super.sections(device, age);
    const { packages } = Object(told["software.deb"]?.document);
    const document = { packages: packages.slice(0, packagesEach) };
    return { ...told, "software.deb": { schema: 1, status: "ok", document } };
  }
}

/** Every device enrols, checks in and tells everything, so many of them at the same time. */
async function tellAll(swarm: Swarm, connections: number): Promise<void> {
  const waiting = Array.from({ length: size }, (_, device) => device).values();
  const worker = async () => {
    for (const device of waiting) {
      await swarm.enrol(device);
      await swarm.checkIn(device);
      // Throws where it is not acknowledged.
      await swarm.tell(device, 0);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

async function storesAll(t: Test, connections: number): Promise<void> {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const enrolment = await server.enrolment({ uses: size, perHour: size });
  const line = new Line(server.url, connections);
  t.teardown(() => line.close());
  const swarm = new Swarm({ fleet: new SmallFleet(7), enrolment, line, size });
  await tellAll(swarm, connections);
  const inventory = new Inventory(server);
  const { items, total } = await inventory.devices({ limit: size, fresh: "true" });
  const byHost = new Map(items.map(({ hostname, id }) => [hostname, id]));
  t.same([total, byHost.size], [size, size]);
  for (let device = 0; device < size; device++) {
    const { sections } = await inventory.device(byHost.get(swarm.fleet.hostname(device)) ?? "dev_missing");
    const stored = Object.entries(sections).map(([name, { document }]) => [name, document]);
    const told = Object.entries(swarm.fleet.sections(device, 0)).map(([name, { document }]) => [
      name,
      document,
    ]);
    t.same(Object.fromEntries(stored), Object.fromEntries(told), swarm.fleet.hostname(device));
  }
}

for (const connections of [8, 64])
  t.test(`stores all that it acknowledges over ${connections} connections`, (t) => storesAll(t, connections));
