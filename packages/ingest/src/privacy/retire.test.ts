/** A retired device stays listed and does not check in, until that is taken back; a deleted one is gone. */
import t from "tap";
import { runHere } from "../testing/command.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const rollcall = (...args: string[]) => runHere([...args, "--data", server.directory]);

async function states(): Promise<Record<string, string>> {
  const { items } = await new Inventory(server).devices({ limit: 100 });
  return Object.fromEntries(items.map(({ hostname, state }) => [String(hostname), state]));
}

const askForSession = (device: SimulatedDevice) =>
  device.prove("session", "/v1/sessions", { installation: device.installation }, device.installation);

t.test("refuses a retired device whatever it tries, lists it still, and lets it in again", async (t) => {
  const [device, other] = [
    await told(server, { hostname: "retired" }, { uses: 2 }),
    await told(server, { hostname: "kept" }),
  ];
  const { code, stdout, stderr } = await rollcall("device", "retire", "retired");
  t.same([code, stderr], [0, ""]);
  t.match(stdout, `${device.device} is retired`);
  t.same(await states(), { retired: "retired", kept: "active" });
  t.equal(outcomeOf(await device.checkIn()), "401 session-invalid");
  t.equal(outcomeOf(await askForSession(device)), "403 device-retired");
  const again = await device.prove("enrol", "/v1/enrolments", device.enrolmentBody());
  t.equal(outcomeOf(again), "403 device-retired", "not by its key either");
  t.equal(outcomeOf(await other.checkIn()), "200");
  t.equal((await rollcall("device", "retire", "retired", "--undo")).code, 0);
  t.same(await states(), { retired: "active", kept: "active" });
  t.equal(outcomeOf(await device.checkIn()), "401 session-invalid", "its session does not come back");
  await device.newSession();
  t.equal(outcomeOf(await device.checkIn()), "200");
});

t.test("deletes only what was said twice, and only once", async (t) => {
  const device = await told(server, { hostname: "deleted" });
  const asked = await rollcall("device", "delete", "deleted");
  t.same([asked.code, asked.stdout], [2, ""]);
  t.match(asked.stderr, `${device.device}`);
  t.equal((await states()).deleted, "active");
  const { code, stdout, stderr } = await rollcall("device", "delete", "deleted", "--yes", "--json");
  t.same([code, stderr], [0, ""]);
  t.match(JSON.parse(stdout), { id: device.device, deleted: true, removed: { devices: 1, records: 1 } });
  t.notOk("deleted" in (await states()));
  const gone = await rollcall("device", "delete", device.device, "--yes");
  t.same([gone.code, gone.stdout], [1, ""]);
});

t.test("knows no device outside the caller's groups", async (t) => {
  const device = await told(server, { hostname: "elsewhere" }, { group: "office" });
  const token = await server.apiToken({ role: "admin", group: "lab" });
  const env = { ROLLCALL_URL: server.url, ROLLCALL_TOKEN: token };
  for (const verb of [["retire"], ["delete", "--yes"]]) {
    const { code, stderr } = await runHere(["device", ...verb, device.device], { env });
    t.equal(code, 1, stderr);
    t.match(stderr, "no device is named");
  }
  for (const path of ["", "/retire"]) {
    const headers = { authorization: `Bearer ${token}` };
    const reply = await device.send({
      method: "DELETE",
      path: `/api/v1/devices/${device.device}${path}`,
      headers,
    });
    t.equal(outcomeOf(reply), "404 not-found");
  }
  t.equal((await states()).elsewhere, "active");
});
