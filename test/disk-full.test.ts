// A disk that is full, on either side: what was acknowledged stays, what was not is told again, and nothing is half there.
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { digestOf, readEnrolmentString } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { machine } from "../packages/ingest/src/testing/machine.ts";
import { optionsOf, SimulatedDevice } from "../packages/ingest/src/testing/simulated-device.ts";
import { beginLimited, ended, House } from "./processes.ts";

/** Names that no compression makes short: what is stored of them has to take room. */
const packages = (count: number, version: string) =>
  Array.from({ length: count }, (_, index) => {
    const name = createHash("sha256").update(`${version} ${index}`).digest("hex").slice(0, 16);
    return `package-${String(index).padStart(5, "0")}-${name} ${version}`;
  });

t.test("acknowledges nothing that a full disk did not take, and goes on when there is space", async (t) => {
  const house = await House.of(t);
  const string = readEnrolmentString(await house.enrolment());
  if ("error" in string) throw new Error(string.detail);
  const device = new SimulatedDevice(optionsOf(string));
  await device.enrol();
  await device.checkedIn();
  await device.sent(machine({ packages: packages(50, "1") }));
  await house.end("SIGTERM");
  const size = statSync(join(house.data, "rollcall.db")).size;
  await house.start(size + 150_000);
  let acknowledged = "1";
  const statuses: number[] = [];
  for (let version = 2; version < 9; version++) {
    const sections = machine({ packages: packages(1_500 * version, `${version}`) });
    const { status } = await told(device, sections);
    statuses.push(status);
    if (status === 200) acknowledged = `${version}`;
  }
  t.ok(
    statuses.some((status) => status >= 500),
    `a full disk answered ${statuses}`,
  );
  t.notOk(
    statuses.some((status) => status >= 400 && status < 500),
    `${statuses}`,
  );
  t.comment(`${statuses}`);
  await house.end("SIGKILL");
  await house.start();
  await demandVersion(t, house, device, acknowledged);
  // The agent would learn this from `wants`.
  await device.checkedIn();
  await device.sent(machine({ packages: packages(3_000, "again") }), { baseStateDigest: null });
  await demandVersion(t, house, device, "again");
});

/** A check-in with everything; the answer to the part that was refused, if one was. */
async function told(device: SimulatedDevice, sections: ReturnType<typeof machine>) {
  const checkIn = await device.checkIn();
  if (checkIn.status !== 200) return checkIn;
  return device.putSections(device.sectionsBody(sections, { baseStateDigest: null }));
}

async function demandVersion(t: Test, house: House, device: SimulatedDevice, version: string) {
  const [detail] = await house.asked("device", device.device);
  const { document, digest } = Object(detail).sections["software.deb"];
  t.equal(document.packages[0].version, version);
  t.equal(digest, digestOf(document));
}

t.test("keeps an agent's state whole when its disk is full, and says so", async (t) => {
  const house = await House.of(t);
  const agent = house.agent("agent");
  t.match(await agent.run("enrol", await house.enrolment()), { code: 0 });
  t.match(await agent.run("check-in"), { code: 0 });
  for (const fileBytes of [0, 4_096]) {
    const args = ["check-in", "--state", agent.state];
    const { code, stderr } = await ended(beginLimited("rollcall-agent", args, { fileBytes }));
    t.ok(code === 0 || code === 1 || code === 4, `${fileBytes} bytes: ${code} ${stderr}`);
    if (code !== 0) t.match(stderr, /rollcall-agent: .+/);
    t.match(await agent.run("check-in"), { code: 0 });
  }
  t.match(await agent.json("check-in"), { outcome: "unchanged" });
  t.equal((await house.asked("devices")).length, 1);
});

t.test("enrols after a disk that was full", async (t) => {
  const house = await House.of(t);
  const agent = house.agent("agent");
  const string = await house.enrolment();
  for (const fileBytes of [0, 1_024]) {
    const args = ["enrol", string, "--state", agent.state];
    const { code, stderr } = await ended(beginLimited("rollcall-agent", args, { fileBytes }));
    t.ok(code === 1 || code === 0, `${fileBytes} bytes: ${code} ${stderr}`);
  }
  const { code } = await agent.run("enrol", string);
  t.ok(code === 0 || code === 1);
  t.match(await agent.run("check-in"), { code: 0 });
  t.equal((await house.asked("devices")).length, 1);
});
