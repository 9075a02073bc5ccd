/** What people complain of with other inventories, duplicates and mixed-up devices, each with its outcome here. */
import t, { type Test } from "tap";
import { z } from "zod";
import { machine, ok } from "../testing/machine.ts";
import { optionsOf, SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const interval = 3_607_000;

class Story {
  readonly server: TestServer;

  constructor(server: TestServer) {
    this.server = server;
  }

  /** A machine that checks in and tells what it is, all of it. */
  async tell(
    device: SimulatedDevice,
    changes: Parameters<typeof machine>[0] = {},
    hint = "A",
  ): Promise<void> {
    await device.checkedIn();
    const sections = { ...machine(changes), identifiers: ok({ machine: hint.repeat(43) }) };
    await device.sent(sections, { baseStateDigest: null });
  }

  async first(): Promise<SimulatedDevice> {
    const device = await this.server.device();
    await this.tell(device);
    return device;
  }

  pass(intervals: number): void {
    this.server.ahead += intervals * interval;
  }

  /** Has successors for an identity in doubt, which live and tell a name of their own. */
  async goOn(device: SimulatedDevice, ...names: string[]): Promise<void> {
    const successors = await Promise.all(names.map(() => device.successor()));
    for (const [index, successor] of successors.entries())
      await this.tell(successor, { hostname: names[index] ?? "" });
    this.pass(2.1);
    await this.server.tend();
  }
}

/** Each ends with the host names that are listed, those that may be one joined by `=`. */
const complaints: Record<string, readonly [(story: Story) => Promise<unknown>, readonly string[]]> = {
  renamed: [async (story) => story.tell(await story.first(), { hostname: "ada-new" }), ["ada-new"]],
  "a new network card": [
    async (story) => story.tell(await story.first(), { mac: "02:00:00:00:00:99" }),
    ["ada"],
  ],
  "docked, with the dock's card that other machines had yesterday": [
    async (story) => {
      const dock = { mac: "02:00:00:00:00:dd" };
      await story.tell(await story.first(), dock);
      await story.tell(await story.server.device(), { hostname: "bob", serial: "SN-BOB", ...dock }, "B");
    },
    ["ada", "bob"],
  ],
  "another board, another serial number": [
    async (story) => story.tell(await story.first(), { serial: "SN-OTHER" }, "B"),
    ["ada"],
  ],
  "the same hardware id on a hundred virtual machines": [
    async ({ server }) => {
      const options = optionsOf(await server.enrolment({ uses: 100, perHour: 100 }));
      const story = new Story(server);
      for (let index = 0; index < 100; index++) {
        const device = new SimulatedDevice({ ...options, url: server.url });
        await device.enrol();
        await story.tell(device, { hostname: "vm", serial: "VMware-1" });
      }
    },
    Array.from({ length: 100 }, () => "vm"),
  ],
  "installed again": [
    async (story) => {
      await story.first();
      story.pass(24);
      await story.tell(await story.server.device(), { hostname: "ada, again" });
    },
    ["ada = ada, again"],
  ],
  "an image with the agent inside, from before its first start": [
    async ({ server }) => {
      const options = optionsOf(await server.enrolment({ uses: 3 }));
      for (const name of ["a", "b", "c"]) {
        const device = new SimulatedDevice({ ...options, url: server.url });
        await device.enrol();
        await new Story(server).tell(device, { hostname: name }, name.toUpperCase());
      }
    },
    ["a", "b", "c"],
  ],
  "an image with the agent inside, enrolled": [
    async (story) => {
      const image = await story.first();
      const copy = image.copy();
      await image.checkedIn();
      await copy.checkIn();
      await story.goOn(image, "a", "b", "c");
    },
    ["a = b = c"],
  ],
  "a snapshot that was restored": [
    async (story) => {
      const device = await story.first();
      const snapshot = device.copy();
      await device.checkedIn();
      story.pass(1);
      await snapshot.checkIn();
      await story.goOn(snapshot, "ada, restored");
    },
    ["ada, restored"],
  ],
  "answers that were lost": [
    async (story) => {
      const { server } = story;
      const device = await server.stranger();
      await device.enrol();
      const first = device.device;
      await device.enrol();
      if (device.device !== first) throw new Error("another device");
      await story.tell(device);
      device.checkInBody();
      await story.tell(device);
    },
    ["ada"],
  ],
  "a request that came twice": [
    async (story) => {
      const device = await story.first();
      const body = device.checkInBody();
      await device.checkIn(body);
      story.pass(1);
      await device.checkIn(body);
      await story.tell(device);
    },
    ["ada"],
  ],
};

const listed = z.object({
  items: z.array(z.looseObject({ id: z.string(), hostname: z.string(), state: z.string() })),
});
const alike = z.object({ items: z.array(z.object({ devices: listed.shape.items })) });

async function outcome(server: TestServer): Promise<string[]> {
  const { items } = listed.parse((await server.admin("GET", "/api/v1/devices?fresh=true&limit=1000")).body);
  const groups = alike.parse((await server.admin("GET", "/api/v1/duplicates")).body).items;
  const names = new Map(items.map(({ id, hostname }) => [id, hostname]));
  for (const { devices } of groups)
    for (const [index, { id }] of devices.entries()) {
      names.delete(id);
      if (index === 0) names.set(id, devices.map(({ hostname }) => hostname).join(" = "));
    }
  return [...names.values()];
}

async function ends(t: Test, happens: (story: Story) => Promise<unknown>, expected: readonly string[]) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  await happens(new Story(server));
  t.same(await outcome(server), expected);
}

for (const [complaint, [happens, expected]] of Object.entries(complaints))
  t.test(`knows what to make of ${complaint}`, (t) => ends(t, happens, expected));
