// Clocks that are wrong by a year, on the device or on the server, and a server that is away for a week: check-ins go
// on with one device, nothing acknowledged is lost.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Enrolment } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { checkIn } from "../packages/agent/src/check-in/check-in.ts";
import { enrol } from "../packages/agent/src/enrolment/enrol.ts";
import { isDue } from "../packages/agent/src/schedule.ts";
import { StateDirectory } from "../packages/agent/src/state/directory.ts";
import { readEnrolledState } from "../packages/agent/src/state/enrolled-state.ts";
import { readAddress } from "../packages/agent/src/transport/address.ts";
import { withConnection } from "../packages/agent/src/transport/connection.ts";
import { ServerApi } from "../packages/agent/src/transport/server-api.ts";
import { TestServer } from "../packages/ingest/src/testing/test-server.ts";

const year = 365 * 86_400_000;
const random = () => 0.5;

const os = { type: "linux", version: "6.1" };

/** The agent's own code in this process, with a clock of its own. */
class Clockwork {
  readonly directory: StateDirectory;
  /** Added to the real clock, milliseconds. */
  ahead = 0;
  memory = 2 ** 30;

  constructor(t: Test) {
    const folder = mkdtempSync(join(tmpdir(), "rollcall-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    this.directory = new StateDirectory(join(folder, "state"));
    this.directory.create();
  }

  readonly now = () => Date.now() + this.ahead;

  async enrol(enrolment: Enrolment): Promise<void> {
    const { directory, now } = this;
    const insecureLoopback = false;
    const options = {
      directory,
      enrolment,
      insecureLoopback,
      applications: [],
      os,
      agentVersion: "0.1.0",
      now,
      random,
    };
    await withConnection(readAddress(enrolment.url, options), {}, (connection) =>
      enrol(options, new ServerApi(connection, enrolment.server)),
    );
  }

  async checkIn(ifDue = false): Promise<string> {
    const { result } = await checkIn({
      directory: this.directory,
      collect: async () => new Map([["memory", { status: "ok", document: { total: this.memory } }]]),
      now: this.now,
      random,
      cpuSeconds: () => 0,
      agentVersion: "0.1.0",
      os,
      note: () => undefined,
      ifDue,
    });
    return result.outcome;
  }

  get schedule() {
    return readEnrolledState(this.directory, { now: this.now(), random }).schedule.value;
  }
}

async function enrolled(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const agent = new Clockwork(t);
  await agent.enrol(await server.enrolment());
  t.equal(await agent.checkIn(), "sent");
  return { server, agent };
}

async function demandOneDevice(t: Test, server: TestServer, memory: number) {
  const { body } = await server.admin("GET", "/api/v1/devices?fresh=true");
  const { items } = Object(body);
  t.match(items, [{ state: "active" }]);
  t.equal(items.length, 1);
  const device = await server.admin("GET", `/api/v1/devices/${items[0].id}`);
  t.match(device.body, { sections: { memory: { document: { total: memory } } } });
}

for (const [where, years] of [
  ["behind", -1],
  ["ahead", 1],
] as const) {
  t.test(`checks in with a device's clock a year ${where}, and after it was put right`, async (t) => {
    const { server, agent } = await enrolled(t);
    for (const ahead of [years * year, 0, years * year, 0]) {
      agent.ahead = ahead;
      t.equal(await agent.checkIn(), "unchanged");
      agent.memory += 4_096;
      t.equal(await agent.checkIn(), "sent");
      t.ok(agent.schedule.nextAt - agent.now() <= 3_607 * 1_200, "the next one is at most an interval away");
    }
    await demandOneDevice(t, server, agent.memory);
  });

  t.test(`checks in with the server's clock a year ${where}, and after it was put right`, async (t) => {
    const { server, agent } = await enrolled(t);
    for (const ahead of [years * year, 0, years * year, 0]) {
      server.ahead = ahead;
      agent.memory += 4_096;
      t.equal(await agent.checkIn(), "sent");
      t.equal(await agent.checkIn(), "unchanged");
    }
    await demandOneDevice(t, server, agent.memory);
  });
}

t.test("is due at once when the clock that planned the next check-in was a year ahead", async (t) => {
  const { agent } = await enrolled(t);
  agent.ahead = year;
  await agent.checkIn();
  agent.ahead = 0;
  t.ok(isDue(agent.schedule, agent.now()));
  t.equal(await agent.checkIn(true), "unchanged");
});

t.test("keeps everything through a week without its server, and tells it when it is back", async (t) => {
  const { server, agent } = await enrolled(t);
  await server.stop();
  let attempts = 0;
  const until = agent.now() + 7 * 86_400_000;
  while (agent.now() < until) {
    agent.ahead = agent.schedule.nextAt - Date.now();
    agent.memory += 4_096;
    t.equal(await agent.checkIn(true), "deferred");
    attempts++;
  }
  t.ok(attempts < 7 * 24 * 3, `${attempts} attempts in a week`);
  await server.restart();
  server.ahead = agent.ahead;
  agent.ahead = agent.schedule.nextAt - Date.now();
  t.equal(await agent.checkIn(true), "sent");
  t.equal(await agent.checkIn(), "unchanged");
  await demandOneDevice(t, server, agent.memory);
});
