// Answers lost, requests lost, doubled and repeated out of order between a real agent and a real server: nothing
// acknowledged is lost, nothing is half there, and there is one device.
import { join } from "node:path";
import { readEnrolmentString, writeEnrolmentString } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { Chance } from "../packages/ingest/src/testing/chance.ts";
import { rounds } from "../packages/ingest/src/testing/long.ts";
import { type Fate, LossyWire } from "./lossy-wire.ts";
import { House } from "./processes.ts";

const house = await House.of(t);
const wire = await LossyWire.start(house.folder, join(house.data, "agent.sock"));
t.teardown(() => wire.stop());
let agents = 0;

/** A new agent, with an enrolment string that leads through the wire. */
async function newAgent() {
  const string = readEnrolmentString(await house.enrolment());
  if ("error" in string) throw new Error(string.detail);
  const enrolment = writeEnrolmentString({ ...string, url: `unix:${wire.path}` });
  return { enrolment, ...house.agent(`agent-${++agents}`) };
}

/** What the server holds equals what the agent believes it holds, and no device is there twice. */
async function demandWhole(t: Test, agent: Awaited<ReturnType<typeof newAgent>>) {
  t.match(await agent.run("check-in"), { code: 0 });
  t.match(await agent.json("check-in"), { outcome: "unchanged" });
  const devices = await house.asked("devices");
  const { deviceId } = await agent.json("status");
  t.equal(devices.length, agents);
  t.match(
    devices.find((device) => Object(device).id === deviceId),
    { state: "active" },
  );
}

t.test("enrols once, whatever is lost or doubled on the way", async (t) => {
  const fates: readonly Fate[] = ["request lost", "answer lost", "doubled", "doubled, second answer"];
  for (const fate of fates)
    for (const url of ["/v1/server", "/v1/enrolments"]) {
      const agent = await newAgent();
      let left = 1;
      wire.fate = (request) => (request.url === url && left-- > 0 ? fate : "passes");
      const { code, stderr } = await agent.run("enrol", agent.enrolment);
      t.ok(code === 0 || code === 4, `${fate} ${url}: ${code} ${stderr}`);
      if (code !== 0) t.match(await agent.run("enrol", agent.enrolment), { code: 0 }, `${fate} ${url}`);
      if (url === "/v1/enrolments") await demandWhole(t, agent);
    }
});

t.test("ends with everything acknowledged after any mix of losses and repeats", async (t) => {
  const agent = await newAgent();
  t.match(await agent.run("enrol", agent.enrolment), { code: 0 });
  const chance = new Chance(7);
  const fates: readonly Fate[] = [
    "passes",
    "request lost",
    "answer lost",
    "doubled",
    "doubled, second answer",
    "repeated later",
  ];
  for (let round = 0; round < rounds(8, 200); round++) {
    let asked = 0;
    wire.fate = () => fates[chance.number(round, asked++) % fates.length] ?? "passes";
    if (round % 3 === 1) await agent.run("consent", "grant", round % 2 === 0 ? "people" : "diagnostics");
    const { code, stderr } = await agent.run("check-in");
    t.ok(code === 0 || code === 4, `round ${round} ended with ${code}: ${stderr}`);
    wire.fate = () => "passes";
    await wire.deliverLate();
  }
  await demandWhole(t, agent);
  t.notOk(
    wire.extra.some((each) => each.endsWith(" 500")),
    wire.extra.join(", "),
  );
});
