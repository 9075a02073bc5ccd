/** Sections: applied together, from the state and in the check-in that they were made for, and signed for. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  accepts,
  baseChanged,
  digestOf,
  isReceiptOf,
  type SectionStates,
  type SectionsAnswer,
  sectionsAnswer,
  serverAnswer,
  stateDigest,
  storedConsent,
} from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { machine, ok } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

const whole = z.looseObject({
  sections: z.record(z.string(), z.looseObject({ status: z.string(), document: z.unknown().optional() })),
});

/** What the inventory shows of a device's sections: `{NAME: document}`, or the status where it has none. */
async function shown({ device }: SimulatedDevice): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await server.admin("GET", `/api/v1/devices/${device}`);
  return Object.fromEntries(
    Object.entries(whole.parse(body).sections).map(([name, { status, document }]) => [
      name,
      document ?? status,
    ]),
  );
}

async function checkedIn(options: Readonly<Record<string, unknown>> = {}): Promise<SimulatedDevice> {
  const device = await server.device(options);
  await device.checkedIn();
  return device;
}

const documents = (sections: Readonly<Record<string, { readonly document: unknown }>>) =>
  Object.fromEntries(Object.entries(sections).map(([name, { document }]) => [name, document]));

t.test("stores what it is sent and signs for it, with a state digest that the device has too", async (t) => {
  const device = await checkedIn();
  const sections = machine();
  const answer = await device.sent(sections);
  const { receipt } = sectionsAnswer.parse(answer);
  t.same(answer.refused, []);
  t.same(await shown(device), documents(sections));
  const states: SectionStates = Object.fromEntries(
    Object.entries(sections).map(([name, { document }]) => [name, ["ok", digestOf(document)]]),
  );
  const { at, signature, ...statement } = receipt;
  t.same(statement, {
    use: "receipt",
    server: server.id,
    installation: device.installation,
    counter: device.counter,
    stateDigest: stateDigest(states),
    consentNumber: 1,
    policyDigest: device.policyDigest,
    sections: states,
  });
  const { receiptKey } = serverAnswer.parse((await device.send({ method: "GET", path: "/v1/server" })).body);
  t.ok(isReceiptOf(receiptKey.key, receipt));
  const another = { ...receipt, counter: 99 };
  t.notOk(isReceiptOf(receiptKey.key, another), `${signature} of ${at}`);
});

t.test("keeps what a change from the stored base does not name, and removes it with base null", async (t) => {
  const device = await checkedIn();
  const { memory, system, ...others } = machine();
  await device.sent({ memory, system });
  const { receipt } = await device.sent(others);
  t.same(await shown(device), documents(machine()));
  t.same(Object.keys(receipt.sections), Object.keys(others).sort());
  const all = await device.sent({ memory }, { baseStateDigest: null });
  t.same(await shown(device), documents({ memory }));
  t.equal(all.receipt.stateDigest, stateDigest({ memory: ["ok", digestOf(memory.document)] }));
  const { body } = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.match(body, { hostname: null, model: null, serial: null });
  t.same((await device.sent({}, { baseStateDigest: null })).receipt.stateDigest, stateDigest({}));
  t.same(await shown(device), {});
});

t.test("takes the same sections again, which change nothing", async (t) => {
  const device = await checkedIn();
  const first = await device.sent(machine());
  const { body: before } = await server.admin("GET", `/api/v1/devices/${device.device}`);
  server.ahead += 5_000;
  const again = await device.sent(machine());
  t.equal(again.receipt.stateDigest, first.receipt.stateDigest);
  t.same(again.receipt.sections, first.receipt.sections);
  const { body: after } = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.same(whole.parse(after).sections, whole.parse(before).sections);
});

t.test("refuses another base, counter or consent number, and keeps what it had", async (t) => {
  const device = await checkedIn();
  await device.sent(machine());
  await device.checkedIn();
  const { memory } = machine({ memory: 1 });
  const put = async (changes: Parameters<SimulatedDevice["sectionsBody"]>[1]) =>
    device.putSections(device.sectionsBody({ memory }, changes));
  const refusal = async (changes: Parameters<typeof put>[0]) => {
    const reply = await put(changes);
    return `${outcomeOf(reply)}: ${baseChanged.parse(reply.body).reason}`;
  };
  t.equal(await refusal({ baseStateDigest: stateDigest({}) }), "409 base-changed: base");
  t.equal(await refusal({ counter: 1 }), "409 base-changed: counter");
  t.equal(await refusal({ counter: 3, baseStateDigest: null }), "409 base-changed: counter");
  t.equal(await refusal({ consentNumber: 2 }), "409 base-changed: consent");
  const consent = await put({ consentNumber: 2 });
  t.same(storedConsent.parse(consent.body), { consentNumber: 1, grants: device.grants });
  t.same(await shown(device), documents(machine()));
  t.equal(outcomeOf(await put({})), "200");
});

t.test("stores the good ones when others are refused, which keep what they had", async (t) => {
  const device = await checkedIn();
  await device.sent(machine());
  const changed = machine({ model: "Analytical 13", memory: 2 });
  const answer = await device.sent(
    {
      memory: changed.memory,
      system: ok({ model: 5, board: { serial: "" }, colour: "red" }),
      network: { status: "ok" },
      "no-such-section": ok({}),
      "operating-system": ok({ hostname: "ada" }, (accepts["operating-system"] ?? 0) + 1),
      storage: { schema: 1, status: "failed", document: {} },
      firmware: 5,
    },
    { baseStateDigest: null },
  );
  t.same(
    answer.refused.map(({ section, errors }) => [section, ...errors.map(({ pointer }) => pointer).sort()]),
    [
      ["firmware", ""],
      ["network", ""],
      ["no-such-section", ""],
      ["operating-system", "/schema"],
      ["storage", "/document"],
      ["system", "/document/board/serial", "/document/colour", "/document/model"],
    ],
  );
  t.same(Object.keys(answer.receipt.sections), ["memory"]);
  const { memory: _, "software.deb": unnamed, ...kept } = documents(machine());
  t.ok(unnamed);
  t.same(await shown(device), { ...kept, memory: changed.memory.document });
  t.equal((await device.checkedIn()).wants.length, 0);
});

t.test("refuses what is not granted with an alarm, and neither stores nor logs a word of it", async (t) => {
  const own = await TestServer.start();
  t.teardown(() => own.remove());
  const device = await own.device({ grant: "hardware" });
  await device.checkedIn();
  const { "operating-system": system, memory } = machine({ hostname: "never-told" });
  const answer: SectionsAnswer = await device.sent({ "operating-system": system, memory });
  t.same(answer.refused, [
    { section: "operating-system", errors: [{ pointer: "", detail: "category system is not granted" }] },
  ]);
  await own.stop();
  const lines = readFileSync(join(own.directory, "requests.log"), "utf8").trim().split("\n");
  const alarms = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "alarm");
  t.match(alarms, [{ level: "warn", kind: "section-not-granted", sections: ["operating-system"] }]);
  t.equal(alarms.length, 1);
  t.type(alarms[0].device, "number");
  t.same(placesOfText(own.directory, "never-told"), []);
  t.notSame(placesOfText(own.directory, device.installation), [], "the scanner finds what is there");
});

t.test("refuses a public address where the place may not be told precisely", async (t) => {
  const network = (address: string) => ({
    network: ok({ interfaces: [{ addresses: [address], name: "e" }] }),
  });
  for (const grant of ["inventory", "network,location=city"]) {
    const device = await checkedIn({ grant });
    const { refused } = await device.sent(network("203.0.114.9/24"));
    t.same(
      refused.map(({ section }) => section),
      ["network"],
      grant,
    );
    t.same((await device.sent(network("10.0.0.9/24"))).refused, []);
  }
  const device = await checkedIn({ grant: "network,location=precise" });
  t.same((await device.sent(network("203.0.114.9/24"))).refused, []);
});
