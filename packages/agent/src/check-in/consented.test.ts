/** Consent in a check-in: told before everything else, in force at once, and the end of what is not granted. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { consentRequest } from "@rollcall/protocol";
import t from "tap";
import { changeConsent } from "../consent/apply.ts";
import { withdraw } from "../consent/change.ts";
import { leaveWithdrawal } from "../consent/left-withdrawals.ts";
import { readTypedList } from "../consent/typed-list.ts";
import { unlinkedFile } from "../state/files.ts";
import {
  bodyOf,
  checkedIn,
  checkIns,
  consent,
  giver,
  grant,
  memory,
  sections,
} from "../testing/checked-in.ts";
import { problem } from "../testing/fake-server.ts";
import { errorOf, TestDevice } from "../testing/test-device.ts";

t.test("puts a waiting consent before everything else", async (t) => {
  const device = await TestDevice.enrolled(t);
  grant(device, "hardware");
  await device.checkIn();
  const routes = device.server.received.map(({ route }) => route).slice(2);
  t.same(routes, [consent, checkIns, sections]);
  t.match(device.state.consent.value, { consentNumber: 2, acknowledgedNumber: 2 });
  t.equal(device.state.receipts.value.consent.length, 1);
});

t.test("forgets what is withdrawn at once, and so does the server", async (t) => {
  const device = await checkedIn(t);
  device.machine.memory = { ...memory(1), readings: { made: 1 } };
  const { state } = device;
  const { grants } = withdraw(state.consent.value.grants, readTypedList("hardware"), "personal");
  changeConsent(state, grants, giver);
  const kept = readFileSync(join(device.directory.path, "acknowledged.json"), "utf8");
  t.notMatch(kept, /memory|total/);
  t.match(await device.checkIn(), { result: { outcome: "sent", sent: [] } });
  t.same(device.server.sections.memory, ["not-consented", null]);
  t.notMatch(device.server.bodiesOf(sections), /total/);
  t.same(device.believed, device.server.sections);
});

t.test(
  "lets the server delete what was withdrawn, though it was granted again before it heard of it",
  async (t) => {
    const device = await checkedIn(t);
    device.machine.memory = memory(1);
    await device.checkIn();
    const { state } = device;
    const { grants } = withdraw(state.consent.value.grants, readTypedList("hardware"), "personal");
    changeConsent(state, grants, giver);
    grant(device, "hardware");
    device.server.received.length = 0;
    const first = device.server.consentNumber + 1;
    t.match(await device.checkIn(), { result: { sent: ["memory"] } });
    const lists = device.server.bodiesOf(consent).map((body) => {
      const { consentNumber, grants: list } = consentRequest.parse(body);
      return [consentNumber, list.some(({ category }) => category === "hardware")];
    });
    t.same(lists, [
      [first, false],
      [first + 1, true],
    ]);
    t.match(device.state.consent.value, { consentNumber: first + 1, acknowledgedNumber: first + 1 });
    t.equal(device.state.consent.value.withdrawn, undefined);
    t.same(device.believed, device.server.sections);
  },
);

t.test("sends what is granted, and nothing again, though it was granted in two steps", async (t) => {
  const device = await checkedIn(t);
  Object.assign(device.machine, { dns: { status: "none" }, services: { status: "none" } });
  await device.checkIn();
  grant(device, "system");
  grant(device, "network");
  device.server.received.length = 0;
  t.match(await device.checkIn(), { result: { sent: ["dns", "services"] } });
  const { baseStateDigest, sections: sent } = bodyOf(device.server.received.at(-1));
  t.type(baseStateDigest, "string");
  t.same(Object.keys(Object(sent)), ["dns", "services"]);
  t.same(device.believed, device.server.sections);
});

t.test("remembers for good that a personal device was withdrawn completely, and only then", async (t) => {
  const isUnlinked = ({ directory }: TestDevice) => directory.read(unlinkedFile) !== undefined;
  const withdrawing = (device: TestDevice, list: string) => {
    const { state } = device;
    const { ownership } = state.installation.value;
    changeConsent(state, withdraw(state.consent.value.grants, readTypedList(list), ownership).grants, giver);
  };
  const device = await checkedIn(t);
  grant(device, "system");
  withdrawing(device, "system");
  t.equal(isUnlinked(device), false, "hardware is granted still");
  withdrawing(device, "hardware");
  t.equal(isUnlinked(device), true);
  grant(device, "hardware");
  await device.checkIn();
  t.equal(isUnlinked(device), true);
  const organisation = await TestDevice.enrolled(t, (server) => {
    server.ownership = "organisation";
  });
  withdrawing(organisation, "full");
  t.equal(isUnlinked(organisation), false);
});

t.test("never sends what is not granted, even when it was collected", async (t) => {
  const device = await TestDevice.enrolled(t);
  device.machine.memory = memory(1);
  await device.checkIn();
  t.same(device.server.sections.memory, ["not-consented", null]);
});

t.test("heeds a withdrawal that was left while it runs, before it sends anything more", async (t) => {
  const device = await checkedIn(t);
  device.machine.memory = memory(2);
  device.server.answerNext(checkIns, (received, response) => {
    leaveWithdrawal(device.directory, readTypedList("hardware"), giver);
    return device.server.own(received, response);
  });
  t.match(await device.checkIn(), { result: { outcome: "sent", sent: [] } });
  t.same(
    device.server.received.map(({ route }) => route),
    [checkIns, "GET /v1/server", consent, checkIns, sections],
  );
  t.match(bodyOf(device.server.received.at(-1)).sections, { memory: { status: "not-consented" } });
  t.notMatch(
    device.server.received
      .slice(1)
      .map(({ body }) => JSON.stringify(body))
      .join(),
    JSON.stringify(memory(2).document),
  );
  t.same(device.believed, device.server.sections);
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
});

t.test("refuses a consent number that no lost answers explain, and stays readable", async (t) => {
  const device = await checkedIn(t);
  grant(device, "system");
  const stored = { consentNumber: 2 ** 31, grants: device.server.grants };
  device.server.answerNext(consent, () => problem("consent-changed", stored));
  t.match(await errorOf(device.checkIn()), { code: "refused" });
  await device.checkIn();
  t.match(device.state.consent.value, { consentNumber: 3, acknowledgedNumber: 3 });
  t.equal(device.server.consentNumber, 3);
});
