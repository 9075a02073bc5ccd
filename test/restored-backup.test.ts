// The database of an hour ago, put back in place: devices go on as the same, tell again what is missing, and what was
// withdrawn or deleted since does not come back.
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { placesOfText } from "../packages/ingest/src/testing/stored-content.ts";
import { House } from "./processes.ts";

const database = (house: House) => join(house.data, "rollcall.db");
const backup = (house: House) => join(house.folder, "backup.db");

/** A copy as `cp` makes it of a server that was stopped. */
async function takeBackup(house: House): Promise<void> {
  await house.end("SIGTERM");
  copyFileSync(database(house), backup(house));
  await house.start();
}

async function restore(house: House): Promise<void> {
  await house.end("SIGKILL");
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${database(house)}${suffix}`, { force: true });
  copyFileSync(backup(house), database(house));
  await house.start();
}

t.test("goes on with the same devices, and has everything again after one check-in", async (t) => {
  const house = await House.of(t);
  const agent = house.agent("agent");
  const string = await house.enrolment("--ownership", "personal");
  t.match(await agent.run("enrol", string, "--grant", "essential,hardware"), { code: 0 });
  t.match(await agent.run("check-in"), { code: 0 });
  await takeBackup(house);
  t.match(await agent.run("consent", "grant", "system"), { code: 0 });
  for (let hour = 0; hour < 1; hour++) t.match(await agent.run("check-in"), { code: 0 });
  const { deviceId } = await agent.json("status");
  const [before] = await house.asked("device", String(deviceId));
  await restore(house);
  t.match(await agent.run("check-in"), { code: 0 });
  t.match(await agent.json("check-in"), { outcome: "unchanged" });
  const devices = await house.asked("devices");
  t.match(devices, [{ id: deviceId, state: "active" }]);
  t.equal(devices.length, 1);
  const [after] = await house.asked("device", String(deviceId));
  const digests = (device: unknown) =>
    Object.entries<{ digest: string }>(Object(device).sections).map(([name, { digest }]) => [name, digest]);
  t.same(digests(after), digests(before));
  t.match(await agent.json("status"), { deviceId, enrolled: true });
});

t.test("does not bring back what was withdrawn or deleted", async (t) => {
  const house = await House.of(t);
  const [kept, gone] = [house.agent("kept"), house.agent("gone")];
  for (const agent of [kept, gone]) {
    const string = await house.enrolment("--ownership", "personal");
    t.match(await agent.run("enrol", string, "--grant", "essential,hardware,system"), { code: 0 });
    t.match(await agent.run("check-in"), { code: 0 });
  }
  const [{ deviceId: keptId }, { deviceId: goneId }] = [await kept.json("status"), await gone.json("status")];
  await takeBackup(house);
  t.match(await kept.run("consent", "withdraw", "system"), { code: 0 });
  t.match(await kept.run("check-in"), { code: 0 });
  t.match(await house.rollcall("device", "delete", String(goneId), "--yes"), { code: 0 });
  await restore(house);
  t.match(await house.asked("devices"), [{ id: keptId }]);
  const [device] = await house.asked("device", String(keptId));
  t.notOk("operating-system" in Object(device).sections);
  await house.end("SIGTERM");
  t.same(placesOfText(house.data, String(goneId)), []);
  await house.start();
  t.match(await kept.run("check-in"), { code: 0 });
  t.match(await gone.run("check-in"), { code: 5 });
  t.equal((await house.asked("devices")).length, 1);
});
