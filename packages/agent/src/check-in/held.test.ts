// What has not changed is not looked at again, and is told all the same when the server asks for it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { collecting, type LookAround } from "../collecting/collecting.ts";
import { openLook } from "../collecting/look.ts";
import { changeConsent } from "../consent/apply.ts";
import { giver } from "../testing/checked-in.ts";
import { TestDevice } from "../testing/test-device.ts";
import type { Collect } from "./found.ts";

const hour = 3_600_000;
const later = () => Date.now() + 10_000;

/** A machine whose memory stands in a file, as plain bytes; tells which sections were looked at. */
async function machine(t: Test) {
  const file = join(t.testdir({ total: "1024" }), "total");
  const device = await TestDevice.enrolled(t, (server) => {
    server.ownership = "organisation";
  });
  device.now = later();
  const looked: string[][] = [];
  const lookAround: LookAround = async ({ sections, facts }) => {
    looked.push([...sections]);
    const look = openLook({ root: null, reads: [file], now: () => device.now });
    const memory = {
      section: "memory",
      status: "ok",
      document: { total: Number(look.text(file)) },
      diagnostics: [],
      seen: look.seen() ?? undefined,
    } as const;
    const installation = {
      section: "installation",
      status: "ok",
      document: { agent: { version: facts.agentVersion }, applications: [], os: { type: "linux" } },
      diagnostics: [],
    } as const;
    return new Map([memory, installation].map((outcome) => [outcome.section, outcome]));
  };
  const collect = (agentVersion = "0.1.0"): Collect => {
    const around = {
      rootfs: null,
      platform: "linux",
      agentVersion,
      applications: [],
      server: null,
      isUnlinked: false,
    } as const;
    const whole = collecting(around, lookAround);
    return (wanted) => whole({ ...wanted, sections: ["memory", "installation"] });
  };
  return { device, looked, file, collect, checkIn: () => device.checkIn({ collect: collect() }) };
}

t.test("looks once at what does not change, and again when it does", async (t) => {
  const { device, looked, file, checkIn } = await machine(t);
  const outcomes: unknown[] = [];
  const roll = async () => outcomes.push((await checkIn()).result.outcome);
  await roll();
  await roll();
  writeFileSync(file, "2048");
  device.now = later();
  await roll();
  await roll();
  t.same(outcomes, ["sent", "unchanged", "sent", "unchanged"]);
  t.same(looked, [
    ["installation", "memory"],
    ["installation"],
    ["installation", "memory"],
    ["installation"],
  ]);
  t.equal(device.state.acknowledged.value.sections.memory?.body, '{"total":2048}');
});

t.test("looks anew after a day, and with another version of the agent", async (t) => {
  const { device, looked, collect, checkIn } = await machine(t);
  await checkIn();
  device.now += 23 * hour;
  await checkIn();
  device.now += 2 * hour;
  await checkIn();
  await checkIn();
  await device.checkIn({ collect: collect("0.2.0"), agentVersion: "0.2.0" });
  t.same(
    looked.map((sections) => sections.includes("memory")),
    [true, false, true, false, true],
  );
});

t.test("sends what it did not look at when the server has lost it", async (t) => {
  const { device, looked, checkIn } = await machine(t);
  await checkIn();
  device.server.sections = {};
  device.server.acknowledged.clear();
  const { result } = await checkIn();
  t.same([result.outcome, result.sent], ["sent", ["installation", "memory"]]);
  t.same(looked.at(-1), ["installation"]);
  t.match(device.server.acknowledged.get("memory"), { status: "ok" });
  t.match(JSON.stringify(device.server.bodiesOf("PUT /v1/sections").at(-1)), '"document":{"total":1024}');
});

t.test("keeps nothing of what was seen once consent is withdrawn", async (t) => {
  const { device, file, checkIn } = await machine(t);
  await checkIn();
  const kept = () => JSON.stringify(device.state.acknowledged.value);
  t.ok(kept().includes(file));
  const grants = device.state.consent.value.grants.filter(({ category }) => category !== "hardware");
  changeConsent(device.state, grants, giver);
  t.notOk(kept().includes(file));
});
