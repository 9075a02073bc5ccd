/** A retired device stays retired, whatever becomes of an identity in doubt. */
import t, { type Test } from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const twoIntervals = 2.1 * 3_607_000;

/** A device in doubt with a successor that lives. */
async function setUp(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await server.device();
  await device.checkedIn();
  const copy = device.copy();
  await device.checkedIn();
  t.equal(outcomeOf(await copy.checkIn()), "409 identity-in-doubt");
  const successor = await device.successor();
  await successor.checkedIn();
  const retire = async ({ device: id }: SimulatedDevice) =>
    t.equal(outcomeOf(await server.admin("POST", `/api/v1/devices/${id}/retire`)), "200");
  const states = async () => {
    const { items } = Object((await server.admin("GET", "/api/v1/devices?fresh=true")).body);
    return items.map((item: object) => [Reflect.get(item, "id"), Reflect.get(item, "state")]);
  };
  const settle = async () => {
    server.ahead += twoIntervals;
    await server.tend();
  };
  return { device, successor, retire, states, settle };
}

const askForSession = (device: SimulatedDevice) =>
  device.prove("session", "/v1/sessions", { installation: device.installation }, device.installation);

t.test("lets a successor that was retired go on for nobody", async (t) => {
  const { device, successor, retire, states, settle } = await setUp(t);
  await retire(successor);
  await settle();
  t.same(await states(), [
    [device.device, "in-doubt"],
    [successor.device, "retired"],
  ]);
  t.equal(outcomeOf(await askForSession(successor)), "403 device-retired");
  const second = await device.successor();
  await second.checkedIn();
  await settle();
  t.same(await states(), [
    [device.device, "active"],
    [successor.device, "retired"],
  ]);
  t.equal(outcomeOf(await askForSession(successor)), "403 device-retired", "nor when another one goes on");
});

t.test("ends the session of who goes on for a device that was retired meanwhile", async (t) => {
  const { device, successor, retire, states, settle } = await setUp(t);
  await retire(device);
  t.equal(outcomeOf(await successor.checkIn()), "200");
  await settle();
  t.same(await states(), [[device.device, "retired"]]);
  t.equal(outcomeOf(await successor.checkIn()), "401 session-invalid");
  t.equal(outcomeOf(await askForSession(successor)), "403 device-retired");
});
