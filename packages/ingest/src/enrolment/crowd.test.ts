/** Acknowledged is stored: many new devices at once on an empty database, and every one of them is there afterwards. */
import t from "tap";
import { devicePage } from "../inventory/answers.ts";
import { machine } from "../testing/machine.ts";
import { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const devices = 200;

/** Runs the numbers from 0 on, so many of them at the same time. */
async function atATime(count: number, work: (number: number) => Promise<void>): Promise<void> {
  const numbers = Array.from({ length: devices }, (_, number) => number).values();
  const worker = async () => {
    for (const number of numbers) await work(number);
  };
  await Promise.all(Array.from({ length: count }, worker));
}

for (const connections of [8, 64]) {
  t.test(`stores ${devices} new devices that come over ${connections} connections`, async (t) => {
    const server = await TestServer.start();
    t.teardown(() => server.remove());
    const { token } = await server.enrolment({ uses: devices, perHour: devices });
    const acknowledged = new Map<string, string>();
    await atATime(connections, async (number) => {
      const device = new SimulatedDevice({ url: server.url, server: server.id, token });
      await device.enrol();
      await device.checkedIn();
      const hostname = `crowd-${number}`;
      const { refused } = await device.sent(machine({ hostname, serial: `SN-${number}` }));
      if (refused.length === 0) acknowledged.set(device.device, hostname);
    });
    t.equal(acknowledged.size, devices);
    const { body } = await server.admin("GET", "/api/v1/devices?fresh=true&limit=1000&q=software:openssl");
    const { items, total } = devicePage.parse(body);
    t.equal(total, devices);
    t.same(
      items.map(({ id, hostname, serial }) => [id, hostname, serial]).toSorted(),
      [...acknowledged].map(([id, name]) => [id, name, name.replace("crowd", "SN")]).toSorted(),
    );
  });
}
