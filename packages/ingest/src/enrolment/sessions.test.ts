/** Sessions: got with the device's key, good for a while, one at a time, for nobody else. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sessionAnswer } from "@rollcall/protocol";
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const directory = t.testdir({ data: { "config.json": JSON.stringify({ "sessions.hours": 2 }) } });
const server = await TestServer.start(join(directory, "data"));
t.teardown(() => server.remove());

const hour = 3_600_000;
const askFor = (device: SimulatedDevice, installation = device.installation) =>
  device.prove("session", "/v1/sessions", { installation }, installation);

t.test("gives a session to who holds the key", async (t) => {
  const device = await server.device();
  const before = Date.now();
  const { status, body } = await askFor(device);
  const { session, expiresAt } = sessionAnswer.strict().parse(body);
  t.equal(status, 201);
  t.ok(
    Date.parse(expiresAt) >= before + 2 * hour && Date.parse(expiresAt) <= Date.now() + 2 * hour,
    expiresAt,
  );
  device.session = session;
  t.equal(outcomeOf(await device.checkIn()), "200");
});

t.test("gives none for another key, another use, or an installation that it does not know", async (t) => {
  const [device, other] = [await server.device(), await server.device()];
  t.equal(outcomeOf(await askFor(other, device.installation)), "401 proof-invalid");
  const body = { installation: device.installation };
  const wrongUse = await device.prove("enrol", "/v1/sessions", body, device.installation);
  t.equal(outcomeOf(wrongUse), "401 proof-invalid");
  t.equal(outcomeOf(await device.prove("session", "/v1/sessions", body)), "401 proof-invalid");
  t.equal(outcomeOf(await askFor(device, `ins_${"a".repeat(26)}`)), "401 session-invalid");
});

t.test("ends the old session with the new one", async (t) => {
  const device = await server.device();
  const old = device.session;
  await device.newSession();
  const current = device.session;
  t.equal(outcomeOf(await device.checkIn()), "200");
  device.session = old;
  t.equal(outcomeOf(await device.checkIn()), "401 session-invalid");
  device.session = current;
  t.equal(outcomeOf(await device.checkIn()), "200");
});

t.test("is over after the configured hours", async (t) => {
  const device = await server.device();
  server.ahead = 2 * hour - 60_000;
  t.equal(outcomeOf(await device.checkIn()), "200");
  server.ahead = 2 * hour + 1;
  t.equal(outcomeOf(await device.checkIn()), "401 session-invalid");
  await device.newSession();
  t.equal(outcomeOf(await device.checkIn()), "200");
  server.ahead = 0;
});

t.test("is good for its own installation only", async (t) => {
  const [device, other] = [await server.device(), await server.device()];
  const [ordinal] = other.session.slice("rcs_".length).split(".");
  const [, secret] = device.session.split(".");
  for (const session of [`rcs_${ordinal}.${secret}`, `rcs_999999.${secret}`, `rce_${secret}`, "x", ""]) {
    const forger = new SimulatedDevice({ url: server.url, server: server.id, token: "", key: device.key });
    forger.session = session;
    t.equal(outcomeOf(await forger.checkIn()), "401 session-invalid", session.slice(0, 12));
  }
  t.equal(outcomeOf(await device.checkIn()), "200");
  t.equal(outcomeOf(await other.checkIn()), "200");
});

t.test("does not start with a wrong configuration", async (t) => {
  const wrong = t.testdir({});
  writeFileSync(join(wrong, "config.json"), JSON.stringify({ "sessions.hours": 25 }));
  await t.rejects(TestServer.start(wrong), { message: /config\.json: sessions\.hours: .*config check/s });
});
