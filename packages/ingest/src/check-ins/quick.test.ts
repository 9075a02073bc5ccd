/** A check-in that has nothing to tell writes no row, and nobody can tell that from its answers or from what is shown. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultIntervalSeconds } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { z } from "zod";
import { holding } from "../testing/altered-database.ts";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const shown = z.looseObject({ lastSeenAt: z.string(), state: z.string() });
const day = 86_400_000;

async function started(t: Test): Promise<TestServer> {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  return server;
}

/** The counter that its row has. */
const counterOf = (server: TestServer, { installation }: SimulatedDevice) =>
  holding(server, async (queries) => {
    const rows = queries.selectFrom("installations").select("counter").where("id", "=", installation);
    return (await rows.executeTakeFirstOrThrow()).counter;
  });

/** A device whose row is two check-ins behind. */
async function quickDevice(server: TestServer): Promise<SimulatedDevice> {
  const device = await server.device();
  for (let time = 0; time < 3; time++) await device.checkedIn();
  return device;
}

async function answerTo(device: SimulatedDevice, body: unknown): Promise<string> {
  const headers = { authorization: `Bearer ${device.session}` };
  const request = { method: "POST", body: JSON.stringify(body), headers };
  const response = await fetch(`${device.url}/v1/check-ins`, request);
  return `${response.status} ${await response.text()}`;
}

t.test("leaves the row as it was, and shows the device as seen", async (t) => {
  const server = await started(t);
  const device = await quickDevice(server);
  const row = await counterOf(server, device);
  t.ok(row < device.counter, "no row was written");
  const before = Date.now();
  server.ahead = 40 * day;
  const seen = async () => shown.parse((await server.admin("GET", `/api/v1/devices/${device.device}`)).body);
  t.equal((await seen()).state, "silent");
  await device.newSession();
  await device.checkedIn();
  await device.checkedIn();
  const { lastSeenAt, state } = await seen();
  t.equal(state, "active");
  t.ok(Date.parse(lastSeenAt) >= before + 40 * day);
  const found = (await server.admin("GET", "/api/v1/devices?q=seen:<1d&fresh=true")).body;
  t.match(found, { items: [{ id: device.device, lastSeenAt }] });
  await server.restart();
  t.equal((await seen()).lastSeenAt, lastSeenAt);
});

t.test("answers a repeat as the first time, also after a restart with another interval", async (t) => {
  const server = await started(t);
  const device = await quickDevice(server);
  const body = device.checkInBody();
  const first = await answerTo(device, body);
  t.equal(first, `200 {"intervalSeconds":${defaultIntervalSeconds},"wants":[]}`);
  t.equal(await answerTo(device, body), first);
  writeFileSync(join(server.directory, "config.json"), '{"check-ins.intervalSeconds": 7200}');
  await server.restart();
  device.url = server.url;
  t.equal(await answerTo(device, body), first);
  t.equal(await answerTo(device, device.checkInBody()), '200 {"intervalSeconds":7200,"wants":[]}');
});

t.test("sees a copy and what was overtaken, as by the row", async (t) => {
  const server = await started(t);
  const device = await quickDevice(server);
  const latest = device.counter;
  const at = async (counter: number) => outcomeOf(await device.checkIn(device.checkInBody({ counter })));
  t.equal(await at(latest - 1), "400 counter-late");
  t.equal(await at(latest + 20_000), "400 counter-jump");
  t.equal(await at(latest + 1), "200");
  t.equal(await at(latest + 1), "409 identity-in-doubt", "with another nonce");
});

t.test(
  "takes sections by its counter, and what they change is what the next one is decided by",
  async (t) => {
    const server = await started(t);
    const device = await quickDevice(server);
    await device.sent(machine());
    const other = device.sectionsBody(machine(), { counter: device.counter - 1 });
    t.equal(outcomeOf(await device.putSections(other)), "409 base-changed");
    const former = device.stateDigest;
    t.same((await device.checkedIn()).wants, []);
    await device.sent(machine({ hostname: "another" }));
    t.same((await device.checkedIn({ stateDigest: former })).wants, ["*"]);
    t.same((await device.checkedIn()).wants, []);
  },
);

t.test("goes by consent, applications and retirement as soon as they are others", async (t) => {
  const server = await started(t);
  const device = await quickDevice(server);
  t.equal(outcomeOf(await device.putConsent(device.grants.slice(1))), "200");
  t.equal(outcomeOf(await device.checkIn()), "409 consent-changed");
  device.consentNumber++;
  t.equal(outcomeOf(await device.checkIn()), "200");
  const applications = [...device.checkInBody().applications, { number: "kiosk", version: "1" }];
  const unknown = { applications: [{ number: "kiosk", status: "unknown" }] };
  t.match(await device.checkedIn({ applications }), unknown);
  t.match(await device.checkedIn({ applications }), unknown);
  await server.admin("POST", "/api/v1/applications", { name: "kiosk" });
  t.notMatch(await device.checkedIn({ applications }), unknown);
  await device.checkedIn({ applications });
  await server.admin("POST", `/api/v1/devices/${device.device}/retire`);
  t.equal(outcomeOf(await device.checkIn()), "401 session-invalid");
});
