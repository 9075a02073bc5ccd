/** A swarm against a real server: what it calls acknowledged is stored, harm among it or not, in little memory. */
import t from "tap";
import { Inventory } from "../../packages/ingest/src/testing/inventory-questions.ts";
import { TestServer } from "../../packages/ingest/src/testing/test-server.ts";
import { Fleet } from "./fleet.ts";
import { Line } from "./line.ts";
import { Roster } from "./roster.ts";
import { type Report, runSwarm } from "./run.ts";
import { Swarm } from "./swarm.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

async function run(devices: number, hostile: number): Promise<{ swarm: Swarm; report: Report }> {
  const size = devices + hostile;
  const enrolment = await server.enrolment({ uses: size, perHour: size });
  const line = new Line(server.url, 16);
  const swarm = new Swarm({ fleet: new Fleet(1), enrolment, line, size });
  const { signal } = new AbortController();
  const plan = { devices, hostile, seed: 1, rounds: 2, connections: 16, signal, note: () => undefined };
  try {
    return { swarm, report: await runSwarm(swarm, plan) };
  } finally {
    await line.close();
  }
}

t.test("enrols, tells everything, and goes on with changes; acknowledged is stored", async (t) => {
  const { swarm, report } = await run(40, 0);
  t.match(report, {
    acknowledged: 40,
    enrolments: { done: 40, failed: 0 },
    firstInventories: { done: 40, failed: 0 },
    checkIns: { done: 80, failed: 0 },
    changes: { failed: 0 },
    statuses: {},
    failures: [],
  });
  t.ok(report.changes.done > 0);
  const inventory = new Inventory(server);
  for (const device of [0, 17, 39]) {
    const found = await inventory.devices({ q: `host:${swarm.fleet.hostname(device)}` });
    const { id } = Object(found.items[0]);
    const { sections } = await inventory.device(id);
    const told = swarm.fleet.sections(device, swarm.roster.ages[device] ?? 0);
    for (const [name, { document }] of Object.entries(told)) t.same(sections[name]?.document, document, name);
  }
});

t.test("goes on among devices that mean harm", async (t) => {
  const { report } = await run(20, 5);
  t.match(report, {
    acknowledged: 20,
    enrolments: { done: 25 },
    checkIns: { done: 40, failed: 0 },
    failures: [],
  });
  t.same(Object.keys(report.statuses).toSorted(), [
    "bombs",
    "flapping",
    "oldCounters",
    "slowBodies",
    "uniqueTerms",
  ]);
  t.notOk("200" in (report.statuses.bombs ?? {}));
});

t.test("remembers a hundred thousand devices in about ten megabytes", async (t) => {
  const roster = new Roster(100_000);
  t.ok(roster.bytes < 11_000_000, `${roster.bytes} bytes`);
  const installation = `ins_${"a2".repeat(13)}`;
  const session = `rcs_123456.${"A".repeat(42)}E`;
  roster.setInstallation(99_999, installation);
  roster.setSession(99_999, session);
  t.same([roster.installation(99_999), roster.session(99_999)], [installation, session]);
  t.not(roster.key(1).publicKey, roster.key(2).publicKey);
  t.equal(roster.key(1).publicKey, roster.key(1).publicKey);
});
