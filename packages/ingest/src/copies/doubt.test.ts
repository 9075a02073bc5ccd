/** Copied and restored states: when an identity comes into doubt, and what that closes. */
import t from "tap";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

async function known(): Promise<SimulatedDevice> {
  const device = await server.device();
  await device.checkedIn();
  await device.sent(machine());
  await device.checkedIn();
  return device;
}

const stateOf = async ({ device }: SimulatedDevice) =>
  Reflect.get(Object((await server.admin("GET", `/api/v1/devices/${device}`)).body), "state");

t.test("answers the same counter and nonce as before, however long after", async (t) => {
  const device = await known();
  const body = device.checkInBody();
  const first = await device.checkIn(body);
  server.ahead += 3_600_000;
  t.same([(await device.checkIn(body)).body, outcomeOf(await device.checkIn())], [first.body, "200"]);
  t.equal(await stateOf(device), "active");
});

t.test("doubts a used counter with another nonce at once, and a lower one after a minute", async (t) => {
  const doubtful = {
    "the same": { wait: 0, lower: 1 },
    lower: { wait: 61_000, lower: 2 },
    "much lower": { wait: 61_000, lower: 3 },
  };
  for (const [name, { wait, lower }] of Object.entries(doubtful)) {
    const device = await known();
    await device.checkedIn();
    server.ahead += wait;
    device.counter -= lower;
    t.equal(outcomeOf(await device.checkIn()), "409 identity-in-doubt", name);
    t.equal(await stateOf(device), "in-doubt", name);
  }
});

t.test("refuses a jump, and a late request, without a doubt", async (t) => {
  const device = await known();
  t.equal(outcomeOf(await device.checkIn(device.checkInBody({ counter: 20_000 }))), "400 counter-jump");
  t.equal(outcomeOf(await device.checkIn(device.checkInBody({ counter: 1 }))), "400 counter-late");
  t.equal(await stateOf(device), "active");
  t.equal(outcomeOf(await device.checkIn()), "200");
});

t.test("closes everything to a key in doubt, for good, and tells it so", async (t) => {
  const device = await known();
  const copy = device.copy();
  await device.checkedIn();
  t.equal(outcomeOf(await copy.checkIn()), "409 identity-in-doubt");
  for (const each of [device, copy]) {
    t.equal(outcomeOf(await each.checkIn()), "401 session-invalid", "its session is revoked");
    await each.newSession();
    t.equal(outcomeOf(await each.checkIn()), "409 identity-in-doubt");
    t.equal(outcomeOf(await each.putConsent(each.grants)), "409 identity-in-doubt");
    t.equal(outcomeOf(await each.putSections(each.sectionsBody(machine()))), "409 identity-in-doubt");
  }
  await server.restart();
  device.url = server.url;
  t.equal(outcomeOf(await device.checkIn()), "401 session-invalid", "the copy's session came after it");
  await device.newSession();
  t.equal(outcomeOf(await device.checkIn()), "409 identity-in-doubt");
});
