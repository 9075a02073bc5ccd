/** The roll call: answered once and the same again, and only to who goes on where the last one ended. */
import {
  accepts,
  agentApplication,
  catalogueDigest,
  defaultIntervalSeconds,
  digestOf,
  limits,
} from "@rollcall/protocol";
import t from "tap";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const own = { number: agentApplication, version: "0.1.0" };
const intervalSeconds = defaultIntervalSeconds;

/** A check-in's answer as it came, byte for byte. */
async function answerTo(device: SimulatedDevice, body: unknown): Promise<string> {
  const headers = { authorization: `Bearer ${device.session}` };
  const response = await fetch(`${server.url}/v1/check-ins`, {
    method: "POST",
    body: JSON.stringify(body),
    headers,
  });
  return `${response.status} ${await response.text()}`;
}

t.test("answers a repeat as it answered the first time, whatever changed in between", async (t) => {
  const device = await server.device();
  const applications = [own, { number: "kiosk", version: "1" }];
  const body = device.checkInBody({ applications });
  const first = await answerTo(device, body);
  t.equal(first.slice(0, 4), "200 ");
  t.equal(await answerTo(device, body), first);
  await device.sent(machine());
  await server.admin("POST", "/api/v1/applications", { name: "kiosk" });
  t.equal(await answerTo(device, body), first);
  await server.restart();
  device.url = server.url;
  t.equal(await answerTo(device, body), first);
  t.equal(outcomeOf(await device.checkIn()), "200");
});

t.test("refuses a check-in that was overtaken a moment ago, and goes on unchanged", async (t) => {
  const device = await server.device();
  await device.checkedIn();
  const latest = device.checkInBody();
  const answer = await answerTo(device, latest);
  const { nonce } = device.checkInBody();
  for (const body of [
    { ...latest, counter: latest.counter - 1 },
    { ...latest, counter: latest.counter - 1, nonce },
  ])
    t.equal(outcomeOf(await device.checkIn(body)), "400 counter-late");
  t.equal(await answerTo(device, latest), answer);
  t.equal(outcomeOf(await device.checkIn()), "200");
});

t.test("takes a counter that skipped some, and refuses one that jumped too far", async (t) => {
  const device = await server.device();
  const at = async (counter: number) => outcomeOf(await device.checkIn(device.checkInBody({ counter })));
  t.equal(await at(1), "200");
  t.equal(await at(limits.counterJump + 2), "400 counter-jump");
  t.equal(await at(Number.MAX_SAFE_INTEGER), "400 counter-jump");
  t.equal(await at(limits.counterJump + 1), "200");
  t.equal(await at(2), "400 counter-late");
});

t.test(
  "wants everything when the device's state is not the stored one, and nothing when it is",
  async (t) => {
    const device = await server.device();
    t.same(await device.checkedIn(), { intervalSeconds, wants: [] });
    await device.sent(machine());
    t.same(await device.checkedIn(), { intervalSeconds, wants: [] });
    t.same(await device.checkedIn({ stateDigest: digestOf({}) }), { intervalSeconds, wants: ["*"] });
  },
);

t.test("names applications that it does not know, and fails no check-in for them", async (t) => {
  const device = await server.device();
  const named = (...numbers: string[]) => numbers.map((number) => ({ number, version: "1" }));
  await server.admin("POST", "/api/v1/applications", { name: "till" });
  t.same(await device.checkedIn({ applications: [own, ...named("till", "printer")] }), {
    intervalSeconds,
    wants: [],
    applications: [{ number: "printer", status: "unknown" }],
  });
  t.same(await device.checkedIn({ applications: named("printer", "scanner") }), {
    intervalSeconds,
    wants: [],
    applications: [
      { number: "printer", status: "unknown" },
      { number: "scanner", status: "unknown" },
    ],
  });
  t.same(await device.checkedIn({ applications: [own] }), { intervalSeconds, wants: [] });
});

t.test(
  "tells a device with another consent number the stored list, and counts no such check-in",
  async (t) => {
    const device = await server.device();
    const { counter } = device.checkInBody();
    for (const consentNumber of [2, 7]) {
      const reply = await device.checkIn(device.checkInBody({ counter, consentNumber }));
      t.equal(outcomeOf(reply), "409 consent-changed");
      t.match(reply.body, { consentNumber: 1, grants: device.grants });
    }
    t.equal(outcomeOf(await device.checkIn(device.checkInBody({ counter }))), "200");
  },
);

t.test("names the policy in force when a grant was given under another", async (t) => {
  const device = await server.device();
  t.notOk("policy" in (await device.checkedIn()));
  const [first, ...others] = device.grants;
  if (!first) throw new Error("a device without grants");
  await device.putConsent([{ ...first, policyDigest: digestOf("another policy") }, ...others]);
  device.consentNumber = 2;
  t.same(await device.checkedIn(), {
    intervalSeconds,
    wants: [],
    policy: { version: 0, digest: catalogueDigest },
  });
});

t.test("refuses a check-in without a session, and one with another's", async (t) => {
  const [device, other] = [await server.device(), await server.device()];
  const body = device.checkInBody();
  const anonymous = { method: "POST", path: "/v1/check-ins", body: JSON.stringify(body) } as const;
  t.equal(outcomeOf(await device.send(anonymous)), "401 session-invalid");
  // The session decides whose check-in it is; nothing in the body names an installation.
  t.equal(outcomeOf(await other.checkIn(body)), "200");
  t.equal(outcomeOf(await device.checkIn(body)), "200");
});

t.test("tells a device once that this server takes more than the one it knew", async (t) => {
  const older = await TestServer.start(undefined, { accepts: { installation: 1 } });
  const device = await older.device();
  t.equal((await device.checkedIn()).accepts, undefined, "it was told at its enrolment");
  await older.stop();
  const newer = await TestServer.start(older.directory);
  t.teardown(() => newer.remove());
  device.url = newer.url;
  t.same((await device.checkedIn()).accepts, accepts);
  t.equal((await device.checkedIn()).accepts, undefined);
});
