// What a kill at any moment costs: nothing that was acknowledged, and the next check-in completes.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { digestOf, readEnrolmentString, stateDigest } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { rounds } from "../packages/ingest/src/testing/long.ts";
import { machine } from "../packages/ingest/src/testing/machine.ts";
import { optionsOf, SimulatedDevice } from "../packages/ingest/src/testing/simulated-device.ts";
import { House } from "./processes.ts";

t.test("loses nothing acknowledged when the server is killed in the middle of 20 check-ins", async (t) => {
  const house = await House.of(t);
  const string = readEnrolmentString(await house.enrolment("--uses", "20"));
  if ("error" in string) throw new Error(string.detail);
  const devices = Array.from({ length: 20 }, () => new SimulatedDevice(optionsOf(string)));
  await Promise.all(devices.map((device) => device.enrol()));
  let acknowledged = 0;
  for (let round = 0; round < rounds(6, 50); round++) {
    const kept = Promise.all(devices.map((device, index) => change(device, `${round}-${index}`)));
    // Each round at another moment: after so many of the answers.
    await acknowledgements(devices, (round * 7) % 36);
    await house.end("SIGKILL");
    acknowledged += (await kept).filter(Boolean).length;
    await house.start();
    for (const device of devices) await demandStored(t, device);
  }
  t.ok(acknowledged > 0 && acknowledged < 20 * rounds(6, 50), `${acknowledged} changes were acknowledged`);
});

const answers = new Map<SimulatedDevice, number>();
/** The state that a device's latest `PUT` amounts to, whether or not it was answered. */
const attempted = new Map<SimulatedDevice, string>();

/** A check-in with other documents; whether the server acknowledged them. */
async function change(device: SimulatedDevice, name: string): Promise<boolean> {
  const sections = machine({ hostname: `host-${name}`, serial: `serial-${name}` });
  const states = Object.entries(sections).map(
    ([section, { document }]) => [section, ["ok", digestOf(document)]] as const,
  );
  attempted.set(device, stateDigest(Object.fromEntries(states)));
  answers.set(device, 0);
  try {
    await device.checkedIn();
    answers.set(device, 1);
    await device.sent(sections);
    answers.set(device, 2);
    return true;
  } catch {
    return false;
  }
}

/** The server has what it acknowledged last, or what it was sent after that and could not answer. */
async function demandStored(t: Test, device: SimulatedDevice): Promise<void> {
  const acknowledged = device.stateDigest;
  if ((await device.checkedIn()).wants.length === 0) return;
  device.stateDigest = attempted.get(device) ?? "";
  t.same((await device.checkedIn()).wants, [], "what was acknowledged is there");
  t.not(device.stateDigest, acknowledged);
}

/** Resolves when the server gave so many answers in this round. */
async function acknowledgements(devices: readonly SimulatedDevice[], count: number): Promise<void> {
  const given = () => devices.reduce((sum, device) => sum + (answers.get(device) ?? 0), 0);
  while (given() < count) await new Promise((resolve) => setImmediate(resolve));
}

t.test("completes the next check-in after the server was killed during one", async (t) => {
  const house = await House.of(t);
  const agent = house.agent("agent");
  t.match(await agent.run("enrol", await house.enrolment()), { code: 0 });
  for (const delay of [0, 150, 300, 450]) {
    const running = agent.run("check-in", "--json");
    await new Promise((resolve) => setTimeout(resolve, delay));
    await house.end("SIGKILL");
    const { code } = await running;
    t.ok(code === 0 || code === 4, `ended with ${code}`);
    await house.start();
    t.match(await agent.run("check-in"), { code: 0 });
    t.match(await agent.json("check-in"), { outcome: "unchanged" });
  }
});

t.test("completes the next check-in after the agent was killed during one", async (t) => {
  const house = await House.of(t);
  const agent = house.agent("agent");
  t.match(await agent.run("enrol", await house.enrolment()), { code: 0 });
  for (let round = 0; round < rounds(6, 100); round++) {
    await killed(agent.begin("check-in"), 40 + ((round * 97) % 560));
    t.match(await agent.run("check-in"), { code: 0 });
  }
  // What was interrupted is counted, and told with the one after.
  t.match(await agent.run("check-in"), { code: 0 });
  t.match(await agent.json("check-in"), { outcome: "unchanged" });
  const { deviceId } = await agent.json("status");
  t.match(await house.asked("devices"), [{ id: deviceId }]);
});

t.test("enrols each device once, whenever the agent is killed while it enrols", async (t) => {
  const house = await House.of(t);
  const all = rounds(5, 100);
  for (let round = 0; round < all; round++) {
    const agent = house.agent(`agent-${round}`);
    const string = await house.enrolment();
    await killed(agent.begin("enrol", string), 30 + ((round * 83) % 420));
    const { enrolled } = await agent.json("status");
    if (!enrolled) t.match(await agent.run("enrol", string), { code: 0 });
    t.match(await agent.run("check-in"), { code: 0 });
    t.match(await agent.json("check-in"), { outcome: "unchanged" });
  }
  t.equal((await house.asked("devices")).length, all);
});

t.test("goes on when agent and server are killed together", async (t) => {
  const house = await House.of(t);
  const agent = house.agent("agent");
  t.match(await agent.run("enrol", await house.enrolment()), { code: 0 });
  for (let round = 0; round < rounds(4, 100); round++) {
    const end = killed(agent.begin("check-in"), 60 + ((round * 131) % 440));
    await new Promise((resolve) => setTimeout(resolve, 40 + ((round * 71) % 460)));
    await house.end("SIGKILL");
    await end;
    await house.start();
    t.match(await agent.run("check-in"), { code: 0 });
  }
  // What was interrupted is counted, and told with the one after.
  t.match(await agent.run("check-in"), { code: 0 });
  t.match(await agent.json("check-in"), { outcome: "unchanged" });
  const { deviceId } = await agent.json("status");
  const devices = await house.asked("devices");
  t.match(devices, [{ id: deviceId, state: "active" }]);
  t.equal(devices.length, 1);
});

/** Kills a process after so many milliseconds, and waits for its end. The moment is not what is tested: any will do. */
async function killed(child: ChildProcess, milliseconds: number): Promise<void> {
  const end = once(child, "close");
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill("SIGKILL");
  await end;
}

t.test("gives a new directory the state digest of nothing", async (t) => {
  const house = await House.of(t);
  const string = readEnrolmentString(await house.enrolment());
  if ("error" in string) throw new Error(string.detail);
  const device = new SimulatedDevice(optionsOf(string));
  await device.enrol();
  t.same((await device.checkedIn({ stateDigest: stateDigest({}) })).wants, []);
});
