/** Check-ins against a server on a local socket: what is sent, what is kept, and what mends itself. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sectionNamed } from "@rollcall/protocol";
import t from "tap";
import { bodyOf, checkedIn, checkIns, consent, grant, memory, sections } from "../testing/checked-in.ts";
import { problem, type Received } from "../testing/fake-server.ts";
import { errorOf, installationSection, TestDevice } from "../testing/test-device.ts";

t.test("sends everything at first, and nothing when nothing changed", async (t) => {
  const device = await TestDevice.enrolled(t);
  const first = await device.checkIn();
  t.match(first, {
    result: { outcome: "sent", intervalSeconds: 3_607, sent: ["installation"], refused: [] },
  });
  t.same(device.believed, device.server.sections);
  const second = await device.checkIn();
  t.match(second, { result: { outcome: "unchanged", sent: [], refused: [] } });
  t.ok(second.result.bytesSent > 300 && second.result.bytesSent < first.result.bytesSent);
  t.ok(second.result.bytesReceived > 50);
});

t.test("sends only what changed, against the state that the server acknowledged", async (t) => {
  const device = await checkedIn(t);
  const base = device.server.stateDigest;
  device.machine.memory = memory(2);
  t.match(await device.checkIn(), { result: { outcome: "sent", sent: ["memory"] } });
  const { baseStateDigest, sections: sent } = bodyOf(device.server.received.at(-1));
  const schema = sectionNamed("memory")?.schema;
  t.same({ baseStateDigest, sent }, { baseStateDigest: base, sent: { memory: { schema, ...memory(2) } } });
  t.same(device.believed, device.server.sections);
});

t.test("keeps the document of a section that could not be looked at, and says so", async (t) => {
  const device = await checkedIn(t);
  const digest = device.server.sections.memory?.[1];
  device.machine.memory = { status: "timed-out" };
  await device.checkIn();
  t.same(device.server.sections.memory, ["timed-out", digest]);
  t.same(device.believed, device.server.sections);
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
});

t.test("sends nothing of a section that does not pass its own definition", async (t) => {
  const device = await checkedIn(t);
  device.machine.memory = { status: "ok", document: { total: -1 } };
  await device.checkIn();
  t.equal(device.server.sections.memory?.[0], "failed");
  t.match(device.notes, [/memory does not pass/]);
});

t.test("has the new counter and nonce on the disk before they are sent", async (t) => {
  const device = await checkedIn(t);
  const onDisk: unknown[] = [];
  device.server.answerNext(checkIns, (received, response) => {
    onDisk.push(JSON.parse(readFileSync(join(device.directory.path, "counter.json"), "utf8")));
    return device.server.own(received, response);
  });
  await device.checkIn();
  const { counter, nonce } = bodyOf(device.server.received.at(-1));
  t.same(onDisk, [{ counter, nonce }]);
  t.equal(counter, 2);
});

t.test("completes after an interruption at any request", async (t) => {
  for (const route of [consent, checkIns, sections]) {
    for (const lost of ["request", "answer"]) {
      const device = await checkedIn(t);
      grant(device, "software");
      device.machine.memory = memory(7);
      device.server.answerNext(route, (received, response) => {
        if (lost === "answer") device.server.own(received, response);
        response.destroy();
        return "handled";
      });
      t.match(await device.checkIn(), { result: { outcome: "deferred" } }, `${lost} of ${route}`);
      t.match(await device.checkIn(), { result: { outcome: "sent" } });
      t.same(device.believed, device.server.sections);
      t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
    }
  }
});

t.test("sends everything when the server lost its state", async (t) => {
  const device = await checkedIn(t);
  device.server.sections = {};
  t.match(await device.checkIn(), { result: { sent: ["installation", "memory"] } });
  t.equal(bodyOf(device.server.received.at(-1)).baseStateDigest, null);
  t.same(device.believed, device.server.sections);
});

t.test("learns what the server kept of a section that cannot be looked at any more", async (t) => {
  const device = await checkedIn(t);
  device.server.sections = {};
  device.machine.memory = { status: "denied" };
  await device.checkIn();
  t.same(device.server.sections.memory, ["denied", null]);
  t.same(device.believed, device.server.sections);
});

t.test("sends a section that the server asks for, though it did not change", async (t) => {
  const device = await checkedIn(t);
  device.server.answerNext(checkIns, (received, response) => {
    const { body, ...reply } = device.server.own(received, response);
    return { ...reply, body: { ...Object(body), wants: ["memory", "constructor", "no-such"] } };
  });
  t.match(await device.checkIn(), { result: { sent: ["memory"] } });
});

t.test("sends everything once after the base changed, and then gives up", async (t) => {
  const device = await checkedIn(t);
  device.machine.memory = memory(2);
  device.server.answerNext(sections, () => problem("base-changed"));
  t.match(await device.checkIn(), { result: { sent: ["installation", "memory"] } });
  device.machine.memory = memory(3);
  device.server.answerNext(
    sections,
    () => problem("base-changed"),
    () => problem("base-changed"),
  );
  t.match(await errorOf(device.checkIn()), { code: "refused" });
  t.match(await device.checkIn(), { result: { outcome: "sent" } });
});

t.test("checks in anew when the counter is not the current one", async (t) => {
  const device = await checkedIn(t);
  device.machine.memory = memory(2);
  device.server.answerNext(sections, () => problem("base-changed", { reason: "counter" }));
  await device.checkIn();
  const routes = device.server.received.map(({ route }) => route);
  t.same(routes, [checkIns, sections, checkIns, sections]);
});

t.test("gets a new session once when the old one is over", async (t) => {
  const device = await checkedIn(t);
  device.server.session = `rcs_1.${"x".repeat(43)}`;
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
  t.same(
    device.server.received.map(({ route }) => route),
    [checkIns, "POST /v1/sessions", checkIns],
  );
  device.server.answerNext(
    checkIns,
    () => problem("session-invalid"),
    () => problem("session-invalid"),
  );
  t.match(await errorOf(device.checkIn()), { code: "refused", message: /session-invalid/ });
});

t.test(
  "takes the number after the server's when that has another consent, with the device's own grants",
  async (t) => {
    const device = await checkedIn(t);
    device.server.consentNumber = 7;
    device.server.grants = [];
    t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
    t.equal(device.server.consentNumber, 8);
    t.same(device.server.grants, device.state.consent.value.grants);
  },
);

t.test("does not send a refused document again until it changes", async (t) => {
  const device = await checkedIn(t);
  device.server.refusing = ["memory"];
  const before = device.server.sections.memory;
  device.machine.memory = memory(2);
  t.match(await device.checkIn(), { result: { outcome: "sent", sent: [], refused: ["memory"] } });
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
  t.same(device.server.sections.memory, before);
  device.machine.memory = memory(3);
  t.match(await device.checkIn(), { result: { refused: ["memory"] } });
});

t.test("stores what is good when other sections are refused", async (t) => {
  const device = await checkedIn(t);
  device.server.refusing = ["memory"];
  device.machine.memory = memory(2);
  device.machine.installation = { status: "ok", document: { applications: [] } };
  t.match(await device.checkIn(), { result: { sent: ["installation"], refused: ["memory"] } });
  t.same(device.believed, device.server.sections);
});

t.test("settles when a server that lost its state refuses a section", async (t) => {
  const device = await checkedIn(t);
  device.server.refusing = ["memory"];
  device.server.sections = {};
  device.machine.memory = memory(2);
  t.match(await device.checkIn(), { result: { sent: ["installation"], refused: ["memory"] } });
  t.same(device.believed, device.server.sections);
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
});

t.test("sends in place of a refused section what the server took last", async (t) => {
  const device = await checkedIn(t);
  device.server.refusing = ["memory"];
  device.machine.memory = memory(2);
  await device.checkIn();
  device.server.refusing = [];
  device.server.sections = {};
  await device.checkIn();
  t.match(bodyOf(device.server.received.at(-1)).sections, { memory: memory(1) });
  t.same(device.believed, device.server.sections);
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
});

t.test("leaves out sections and schemas that the server does not take", async (t) => {
  const device = await TestDevice.enrolled(t);
  const { installation } = device.state;
  installation.replace({ ...installation.value, accepts: {} });
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
  device.server.answerNext(checkIns, (received, response) => {
    const { body, ...reply } = device.server.own(received, response);
    return { ...reply, body: { ...Object(body), accepts: { installation: 1 } } };
  });
  t.match(await device.checkIn(), { result: { sent: ["installation"] } });
});

t.test("asks the server what holds now when an answer may have been lost", async (t) => {
  const device = await checkedIn(t);
  const { installation } = device.state;
  installation.replace({ ...installation.value, accepts: { memory: 1 } });
  device.server.answerNext(checkIns, (_, response) => {
    response.destroy();
    return "handled";
  });
  t.match(await device.checkIn(), { result: { outcome: "deferred" } });
  t.match(await device.checkIn(), { result: { outcome: "unchanged" } });
  const routes = device.server.received.map(({ route }) => route);
  t.same(routes, [checkIns, "GET /v1/server", checkIns]);
  t.match(device.state.installation.value.accepts, { installation: 1, identifiers: 1 });
  await device.checkIn();
  t.equal(device.server.received.length, 4, "an answer that was kept leaves nothing to ask");
});

t.test("tells readings when they move or a day passed, never in the document", async (t) => {
  const device = await TestDevice.enrolled(t);
  grant(device, "system");
  const uptime = (uptimeSeconds: number) => ({
    status: "ok" as const,
    document: { id: "debian" },
    readings: { uptimeSeconds },
  });
  const told = async (seconds: number) => {
    device.machine["operating-system"] = uptime(seconds);
    await device.checkIn();
    return bodyOf(device.server.received.findLast(({ route }) => route === checkIns)).readings;
  };
  t.same(await told(1_000), { "operating-system": { uptimeSeconds: 1_000 } });
  t.equal(await told(1_040), undefined);
  t.same(await told(1_060), { "operating-system": { uptimeSeconds: 1_060 } });
  device.now += 86_400_000;
  t.same(await told(1_061), { "operating-system": { uptimeSeconds: 1_061 } });
});

t.test("does nothing before it is due, if asked so, and everything when a person asks", async (t) => {
  const device = await checkedIn(t);
  t.match(await device.checkIn({ ifDue: true }), { result: { outcome: "not-due", bytesSent: 0 } });
  t.same(device.server.received, []);
  t.match(await device.checkIn({ ifDue: false }), { result: { outcome: "unchanged" } });
  device.now = device.state.schedule.value.nextAt;
  t.match(await device.checkIn({ ifDue: true }), { result: { outcome: "unchanged" } });
});

t.test("obeys a server that asks to wait", async (t) => {
  const device = await checkedIn(t);
  device.server.answerNext(checkIns, () => ({ ...problem("busy"), headers: { "retry-after": "120" } }));
  t.match(await device.checkIn(), { result: { outcome: "deferred" }, reason: /busy/ });
  t.equal(device.state.schedule.value.nextAt, device.now + 120_000);
});

t.test("backs off while the server is away, and tells it so afterwards", async (t) => {
  const device = await checkedIn(t);
  device.server.answerNext(checkIns, ...Array.from({ length: 2 }, () => hangUp));
  await device.checkIn();
  t.match(device.state.schedule.value, { failures: 1, nextAt: device.now + 15_000 });
  device.now += 20_000;
  await device.checkIn();
  t.match(device.state.schedule.value, { failures: 2, nextAt: device.now + 30_000 });
  device.now += 40_000;
  await device.checkIn();
  t.match(device.server.received.at(-1)?.headers, { "x-retry-count": "2", "x-request-age": "60" });
  t.match(device.state.schedule.value, { failures: 0, failingSince: null });
});

const hangUp = (_: Received, response: { destroy(): void }) => {
  response.destroy();
  return "handled" as const;
};

t.test("keeps its interval after a refusal", async (t) => {
  const device = await checkedIn(t);
  device.server.answerNext(checkIns, () => problem("counter-late"));
  t.match(await errorOf(device.checkIn()), { code: "refused" });
  const { failures, nextAt } = device.state.schedule.value;
  t.ok(failures === 0 && nextAt > device.now + 60_000);
});

t.test("keeps what the server signed, and adds up what it used", async (t) => {
  const device = await checkedIn(t);
  t.match(device.state.receipts.value.sections, [{ sections: { memory: ["ok"] } }]);
  const usage = JSON.parse(readFileSync(join(device.directory.path, "usage.json"), "utf8"));
  t.match(usage, { day: "2026-03-04", cpuSeconds: 0.1 });
  t.ok(usage.bytes > 1_000);
});

t.test("stops at once when asked to, with a state that the next check-in goes on from", async (t) => {
  const device = await checkedIn(t);
  const asked = new AbortController();
  device.machine.memory = memory(9);
  device.server.answerNext(sections, () => {
    asked.abort();
    return "handled";
  });
  t.match(await errorOf(device.checkIn({ signal: asked.signal })), { code: "stopped" });
  t.match(await device.checkIn(), { result: { sent: ["memory"] } });
});

t.test("is not enrolled where there is no state", async (t) => {
  const device = await checkedIn(t);
  device.machine = { installation: installationSection };
  device.directory.remove({ name: "installation.json" });
  t.match(await errorOf(device.checkIn()), { code: "not-enrolled" });
});
