/** A record in doubt whose successor deleted itself is not left to nobody for ever, and not taken from another one. */
import t, { type Test } from "tap";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const interval = 3_607_000;

const deleteOwn = async (device: SimulatedDevice) => outcomeOf(await device.me("POST", "/v1/me/delete", {}));

const askForSession = async (device: SimulatedDevice) =>
  outcomeOf(
    await device.prove("session", "/v1/sessions", { installation: device.installation }, device.installation),
  );

/** A personal device in doubt, and its one successor, which has checked in. */
async function inDoubt(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await told(server, { hostname: "host-of-ada" }, { grant: "inventory" });
  const successor = await device.successor();
  await successor.checkedIn();
  const pass = async (intervals: number) => {
    server.ahead += intervals * interval;
    await server.tend();
  };
  const isListed = async ({ device: id }: SimulatedDevice) =>
    (await server.admin("GET", `/api/v1/devices/${id}`)).status === 200;
  return { server, device, successor, pass, isListed };
}

t.test("forgets a record in doubt when its successor deleted itself and no other turned up", async (t) => {
  const { device, successor, pass, isListed } = await inDoubt(t);
  t.equal(await deleteOwn(successor), "200");
  await pass(1.9);
  t.equal(await isListed(device), true, "another one has two intervals");
  await pass(0.2);
  t.equal(await isListed(device), false);
  for (const each of [device, successor]) t.equal(await askForSession(each), "410 device-deleted");
});

t.test("lets another successor go on for a record in doubt, whoever deleted itself before", async (t) => {
  const { device, successor, pass, isListed } = await inDoubt(t);
  t.equal(await deleteOwn(successor), "200");
  await pass(1.9);
  const other = await device.successor();
  await other.checkedIn();
  await pass(1.9);
  await pass(0.2);
  t.equal((await other.checkedIn()).device, device.device);
  await pass(100);
  t.equal(await isListed(device), true);
});

t.test("forgets what a record in doubt goes on for itself, one after the other", async (t) => {
  const { device, successor, pass, isListed } = await inDoubt(t);
  const last = await successor.successor();
  t.equal(await deleteOwn(last), "200");
  await pass(2.1);
  t.equal(await isListed(successor), false);
  t.equal(await isListed(device), true);
  await pass(2.1);
  t.equal(await isListed(device), false);
  for (const each of [device, successor, last]) t.equal(await askForSession(each), "410 device-deleted");
});

t.test("keeps a record in doubt of whose successors none was deleted by its person", async (t) => {
  const { server, device, successor, pass, isListed } = await inDoubt(t);
  t.equal(outcomeOf(await server.admin("DELETE", `/api/v1/devices/${successor.device}`)), "200");
  await pass(100);
  t.equal(await isListed(device), true);
  t.match(await askForSession(device), "201");
});
