/** Corrections: said by the person at a device, shown beside what was collected, until that changes. */
import { correctionAnswer } from "@rollcall/protocol";
import t from "tap";
import { machine, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const correct = (device: SimulatedDevice, section: string, field: string, value: unknown, more = {}) =>
  device.me("POST", "/v1/me/correct", { section, field, value, ...more });

/** The corrections in force, without their times. */
async function inForce(device: SimulatedDevice): Promise<unknown[]> {
  const { body } = await device.me("GET", "/v1/me");
  return correctionAnswer.parse(body).corrections.map(({ at: _at, ...correction }) => correction);
}

const model = { section: "system", field: "model", collected: "Analytical 12" };

t.test("shows a correction to the person and to admins, beside what was collected", async (t) => {
  const device = await told(server);
  const reply = await correct(device, "system", "model", "Difference 2", { reason: "it was refitted" });
  t.equal(outcomeOf(reply), "200");
  const expected = [{ ...model, value: "Difference 2", reason: "it was refitted" }];
  t.same(await inForce(device), expected);
  const { body } = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.match(body, { corrections: expected, sections: { system: { document: { model: "Analytical 12" } } } });
  t.same((await device.checkedIn()).wants, [], "what the device told is as it was signed for");
});

t.test("replaces a correction, and takes it back", async (t) => {
  const device = await told(server);
  await correct(device, "system", "model", "Difference 2");
  await correct(device, "system", "model", "Difference 3");
  t.same(await inForce(device), [{ ...model, value: "Difference 3", reason: null }]);
  await correct(device, "system", "model", null);
  t.same(await inForce(device), []);
});

t.test("ends a correction when another value is collected, and no other", async (t) => {
  const device = await told(server);
  await correct(device, "system", "model", "Difference 2");
  await correct(device, "system", "board.serial", "B-1");
  await device.sent({ system: machine({ serial: "SN-NEW" }).system });
  const board = { section: "system", field: "board.serial", value: "B-1", collected: null, reason: null };
  t.same(await inForce(device), [board, { ...model, value: "Difference 2", reason: null }]);
  await device.sent({ system: machine({ model: "Difference 2" }).system });
  t.same(await inForce(device), [board]);
  await device.sent({ system: { schema: 1, status: "failed" } });
  t.same(await inForce(device), [board], "where nothing was collected, nothing is overtaken");
});

t.test("forgets corrections with their section when its category is withdrawn", async (t) => {
  const device = await told(server, {}, { grant: "essential,hardware,system,software,network" });
  await correct(device, "system", "model", "Difference 2");
  const grants = device.grants.filter(({ category }) => category !== "hardware");
  t.equal((await device.putConsent(grants)).status, 200);
  t.same(await inForce(device), []);
});

t.test("hides the value of a sensitive field from who may not read it", async (t) => {
  const device = await told(server);
  await correct(device, "system", "serial", "SN-SECRET", { reason: "said so" });
  const viewer = await server.apiToken({ role: "viewer" });
  const { body } = await server.asToken(viewer, `/api/v1/devices/${device.device}`);
  const [shown] = correctionAnswer.parse(body).corrections;
  t.match(shown, { section: "system", field: "serial", value: null, collected: null, reason: null });
  t.notOk(JSON.stringify(body).includes("SN-SECRET"));
});

t.test("refuses what is no such field, does not fit it, or is not stored", async (t) => {
  const device = await told(server, {}, { grant: "essential,hardware,system,software,network" });
  for (const [section, field, value] of [
    ["attic", "model", "x"],
    ["system", "colour", "x"],
    ["system", "board", "x"],
    ["system", "__proto__", "x"],
    ["system", "truncated", true],
    ["system", "model", 5],
    ["system", "model", ""],
    ["operating-system", "uptimeSeconds", 5],
    ["storage", "disks", "x"],
    ["memory", "modules.serial", "x"],
    ["processor", "cores", 4],
  ] as const)
    t.equal(
      outcomeOf(await correct(device, section, field, value)),
      "400 invalid-request",
      `${section}.${field}`,
    );
  for (const body of [
    {},
    { section: "system", field: "model" },
    { section: "system", field: "model", value: "x", at: 0 },
  ])
    t.equal(outcomeOf(await device.me("POST", "/v1/me/correct", body)), "400 invalid-request");
  t.same(await inForce(device), []);
});
