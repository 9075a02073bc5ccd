/** What becomes of an identity in doubt: a restore goes on with the device's record, copies are devices of their own. */
import t, { type Test } from "tap";
import { z } from "zod";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const interval = 3_607_000;

const listed = z.object({
  items: z.array(
    z.looseObject({
      id: z.string(),
      hostname: z.string().nullable(),
      state: z.string(),
      firstSeenAt: z.string(),
    }),
  ),
});

class Office {
  readonly server: TestServer;

  constructor(server: TestServer) {
    this.server = server;
  }

  static async open(t: Test): Promise<Office> {
    const server = await TestServer.start();
    t.teardown(() => server.remove());
    return new Office(server);
  }

  /** A device that has told its name twice, so that its state can be older than what the server knows. */
  async device(hostname: string): Promise<SimulatedDevice> {
    const device = await this.server.device({ group: "lab" });
    await tell(device, hostname);
    await device.checkedIn();
    return device;
  }

  /** Every device by host name and state, in the order of enrolment. */
  async devices(): Promise<[string | null, string][]> {
    return (await this.items()).map(({ hostname, state }) => [hostname, state]);
  }

  async items() {
    return listed.parse((await this.server.admin("GET", "/api/v1/devices?fresh=true")).body).items;
  }

  pass(intervals: number): void {
    this.server.ahead += intervals * interval;
  }
}

async function tell(device: SimulatedDevice, hostname: string): Promise<void> {
  await device.checkedIn();
  await device.sent(machine({ hostname, serial: hostname }), { baseStateDigest: null });
}

/** Makes the server see that the state was used twice. */
async function doubt(device: SimulatedDevice): Promise<void> {
  const copy = device.copy();
  copy.counter--;
  const outcome = outcomeOf(await copy.checkIn());
  if (outcome !== "409 identity-in-doubt") throw new Error(outcome);
}

t.test("lets the one successor that lives go on with the device's record", async (t) => {
  const office = await Office.open(t);
  const device = await office.device("ada");
  const [before] = await office.items();
  await doubt(device);
  const successor = await device.successor();
  t.not(successor.device, device.device);
  await tell(successor, "ada, restored");
  t.same(await office.devices(), [
    ["ada", "in-doubt"],
    ["ada, restored", "active"],
  ]);
  office.pass(1.9);
  await successor.checkedIn();
  t.equal((await office.items()).length, 2, "not before two intervals");
  office.pass(0.2);
  await successor.checkedIn();
  const after = await office.items();
  t.match(after, [{ ...before, hostname: "ada, restored", state: "active", lastSeenAt: String }]);
  t.equal((await successor.checkedIn()).device, device.device, "and it is told");
  t.equal(outcomeOf(await successor.me("GET", "/v1/me")), "200");
  const gone = await office.server.admin("GET", `/api/v1/devices/${successor.device}`);
  t.equal(outcomeOf(gone), "404 not-found");
});

t.test("settles it without a check-in, too", async (t) => {
  const office = await Office.open(t);
  const device = await office.device("ada");
  await doubt(device);
  await (await device.successor()).checkedIn();
  office.pass(2.1);
  await office.server.tend();
  t.same(
    (await office.items()).map(({ id }) => id),
    [device.device],
  );
});

t.test(
  "makes two devices of two successors that live, with a note on both and a record for neither",
  async (t) => {
    const office = await Office.open(t);
    const device = await office.device("ada");
    await doubt(device);
    const successors = [await device.successor(), await device.successor()];
    for (const [index, successor] of successors.entries()) await tell(successor, `ada ${index}`);
    office.pass(2.1);
    await office.server.tend();
    t.same(await office.devices(), [
      ["ada 0", "active"],
      ["ada 1", "active"],
    ]);
    for (const [index, successor] of successors.entries()) {
      const { body } = await office.server.admin("GET", `/api/v1/devices/${successor.device}`);
      const others = successors.filter((each) => each !== successor).map((each) => each.device);
      t.match(
        Reflect.get(Object(body), "notes"),
        [{ kind: "copied", from: device.device, others }],
        `${index}`,
      );
      t.equal(outcomeOf(await successor.checkIn()), "200");
    }
  },
);

t.test("leaves a device in doubt as long as nobody lives, however long", async (t) => {
  const office = await Office.open(t);
  const device = await office.device("ada");
  await doubt(device);
  const successor = await device.successor();
  office.pass(100);
  await office.server.tend();
  t.same((await office.devices())[0], ["ada", "in-doubt"]);
  await successor.newSession();
  await successor.checkedIn();
  t.same(
    (await office.items()).map(({ id }) => id),
    [device.device],
    "until one does",
  );
});

t.test("lets a device that is restored again and again be one device", async (t) => {
  const office = await Office.open(t);
  const device = await office.device("lab-1");
  await doubt(device);
  for (let night = 0; night < 4; night++) {
    const successor = await device.successor();
    await tell(successor, `night ${night}`);
    office.pass(2.1);
    await successor.checkedIn();
    await successor.checkedIn();
    t.match(await office.items(), [{ id: device.device, hostname: `night ${night}` }], `night ${night}`);
    t.equal((await office.items()).length, 1);
    office.pass(5);
  }
});

t.test("makes a copy that comes late a device of its own, while the first lives", async (t) => {
  const office = await Office.open(t);
  const device = await office.device("ada");
  await doubt(device);
  const first = await device.successor();
  await first.checkedIn();
  office.pass(2.1);
  await first.checkedIn();
  const late = device.copy();
  t.equal(
    outcomeOf(
      await late.prove("session", "/v1/sessions", { installation: late.installation }, late.installation),
    ),
    "409 identity-in-doubt",
  );
  const second = await late.successor();
  await second.checkedIn();
  office.pass(2.1);
  await first.checkedIn();
  await second.checkedIn();
  t.same(
    (await office.items()).map(({ id }) => id),
    [device.device, second.device],
  );
  const third = await device.successor();
  await third.checkedIn();
  t.equal((await office.items()).length, 3, "from then on every copy is one");
});

t.test("settles who was copied as a successor before what it succeeds", async (t) => {
  const office = await Office.open(t);
  const device = await office.device("ada");
  await doubt(device);
  const successor = await device.successor();
  await successor.checkedIn();
  await successor.checkedIn();
  await doubt(successor);
  const copies = [await successor.successor(), await successor.successor()];
  for (const [index, copy] of copies.entries()) await tell(copy, `copy ${index}`);
  office.pass(2.1);
  await office.server.tend();
  await office.server.tend();
  t.same(await office.devices(), [
    ["copy 0", "active"],
    ["copy 1", "active"],
  ]);
});
