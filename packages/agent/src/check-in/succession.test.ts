/** What a device does when its identity is in two places: it goes on as a successor, whenever it is interrupted. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { grantOf } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { consentOfBoth } from "../enrolment/succeed.ts";
import { readDeviceKey } from "../state/device-key.ts";
import { checkedIn, checkIns } from "../testing/checked-in.ts";
import { policy, problem, type Received } from "../testing/fake-server.ts";
import { errorOf, type TestDevice } from "../testing/test-device.ts";

const enrolments = "POST /v1/enrolments";

/** A device that has checked in and learns with its next check-in that it is in doubt. */
async function doubted(t: Test): Promise<TestDevice> {
  const device = await checkedIn(t);
  device.server.answerNext(checkIns, () => problem("identity-in-doubt"));
  return device;
}

const fileOf = (device: TestDevice, name: string) => join(device.directory.path, name);
const keyOf = (device: TestDevice) => readDeviceKey(device.directory)?.publicKey;

const hangUp = (_: Received, response: { destroy(): void }) => {
  response.destroy();
  return "handled" as const;
};

t.test(
  "goes on under a new key and id, sends everything anew, and keeps what was for the person",
  async (t) => {
    const device = await doubted(t);
    const { installation } = device.server;
    const [key, receipts, believed] = [keyOf(device), device.state.receipts.value, device.believed];
    t.match(await device.checkIn(), {
      result: { outcome: "sent", sent: ["installation", "memory"] },
      isSuccessor: true,
    });
    t.same(device.server.succeeded, [installation]);
    t.equal(device.state.installation.value.installation, device.server.installation);
    t.not(keyOf(device), key);
    t.same(device.believed, device.server.sections);
    t.same(Object.keys(device.believed), Object.keys(believed));
    t.same(device.state.receipts.value.sections.slice(0, -1), receipts.sections);
    t.same(Object.keys(device.state.formerlyAcknowledged.value.sections), Object.keys(believed));
    t.equal(device.state.counter.value.counter, 1);
    t.notOk(existsSync(fileOf(device, "succession.json")));
    const next = await device.checkIn();
    t.match(next, { result: { outcome: "unchanged" } });
    t.notOk("isSuccessor" in next);
    t.equal(device.server.bodiesOf(enrolments).length, 1);
  },
);

t.test("waits at random, a fifth of an interval at most, when nobody waits for it", async (t) => {
  const device = await doubted(t);
  device.now = device.state.schedule.value.nextAt;
  const random = () => 0.75;
  t.match(await device.checkIn({ ifDue: true, random }), {
    result: { outcome: "deferred" },
    reason: /identity-in-doubt/,
  });
  t.same(device.server.bodiesOf(enrolments), []);
  const { nextAt, intervalSeconds } = device.state.schedule.value;
  t.equal(nextAt - device.now, Math.ceil((0.75 * intervalSeconds) / 5) * 1_000);
  t.match(await device.checkIn({ ifDue: true }), { result: { outcome: "not-due" } });
  device.now = nextAt;
  t.match(await device.checkIn({ ifDue: true }), { result: { outcome: "sent" } });
  t.equal(device.server.succeeded.length, 1);
});

t.test(
  "enrols with the same key again when the answer was lost, and does not ask the old one again",
  async (t) => {
    const device = await doubted(t);
    device.server.answerNext(enrolments, (received, response) => {
      device.server.own(received, response);
      return hangUp(received, response);
    });
    t.match(await device.checkIn(), { result: { outcome: "deferred" } });
    const before = device.server.bodiesOf(checkIns).length;
    t.match(await device.checkIn(), { result: { outcome: "sent" } });
    const [first, second] = device.server.bodiesOf(enrolments);
    t.same(first, second);
    t.equal(device.server.succeeded.length, 1, "one installation came of it");
    t.equal(device.server.bodiesOf(checkIns).length, before + 1);
  },
);

t.test("makes another key when the server has ended what came of the first", async (t) => {
  const device = await doubted(t);
  device.server.answerNext(enrolments, () => problem("identity-in-doubt"));
  t.match(await device.checkIn(), { result: { outcome: "deferred" } });
  device.server.answerNext(checkIns, () => problem("identity-in-doubt"));
  t.match(await device.checkIn(), { result: { outcome: "sent" } });
  const keys = device.server.bodiesOf(enrolments).map((body) => Reflect.get(Object(body), "key"));
  t.equal(new Set(keys).size, 2);
});

t.test("stays who it is when the server refuses the successor", async (t) => {
  const device = await doubted(t);
  const before = device.state.installation.value;
  device.server.answerNext(enrolments, () => problem("device-retired"));
  t.match(await errorOf(device.checkIn()), { code: "refused" });
  t.same(device.state.installation.value, before);
  device.server.answerNext(enrolments, () => problem("too-many-successors"));
  t.match(await device.checkIn(), { result: { outcome: "deferred" } });
});

t.test("goes on with no more than both the server's list and its own have granted", async (t) => {
  const giver = { by: "ada", interactive: true, at: "2026-03-04T00:00:00.000Z", policyDigest: policy.digest };
  const grant = (
    category: "hardware" | "location" | "people",
    level?: "country" | "city",
    ...more: "support"[]
  ) =>
    grantOf({ category, purposes: ["inventory", ...more], ...(level ? { level } : {}) }, "personal", giver);
  const both = consentOfBoth(
    [grant("hardware", undefined, "support"), grant("people"), grant("location", "city")],
    [grant("hardware"), grant("location", "country")],
  );
  t.same(both, {
    consentNumber: 2,
    acknowledgedNumber: 1,
    grants: [grant("hardware"), grant("location", "country")],
  });
  const same = [grant("hardware"), grant("people")];
  t.same(consentOfBoth(same, [...same, grant("location", "city")]), {
    consentNumber: 1,
    acknowledgedNumber: 1,
    grants: same,
  });
});
