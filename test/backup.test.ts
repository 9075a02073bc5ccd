// `rollcall backup` and `restore` as commands: what was deleted since stays deleted, and a kill costs nothing.
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { rounds } from "../packages/ingest/src/testing/long.ts";
import { placesOfText } from "../packages/ingest/src/testing/stored-content.ts";
import { begin, ended, House } from "./processes.ts";

const idsOf = async (house: House) =>
  (await house.asked("devices")).map((device) => String(Object(device).id));

async function enrolled(house: House, name: string): Promise<string> {
  const agent = house.agent(name);
  const string = await house.enrolment("--ownership", "personal");
  t.match(await agent.run("enrol", string, "--grant", "essential"), { code: 0 });
  t.match(await agent.run("check-in"), { code: 0 });
  return String((await agent.json("status")).deviceId);
}

t.test("does not bring back what was deleted since, and tells what to do in each other case", async (t) => {
  const house = await House.of(t);
  const kept = await enrolled(house, "kept");
  const gone = await enrolled(house, "gone");
  const [file, key] = [join(house.folder, "backup"), join(house.folder, "backup.key")];
  const { stdout } = await house.rollcall("backup", "keygen", key);
  const publicKey = stdout.trim();
  t.equal(statSync(key).mode & 0o777, 0o600);
  t.match(await house.rollcall("backup", file, "--with-keys"), { code: 2, stderr: /needs --encrypt-to/ });
  t.match(await house.rollcall("backup", file, "--encrypt-to", key), { code: 2, stderr: /private key/ });
  const [made] = await house.asked("backup", file, "--encrypt-to", publicKey, "--with-keys");
  t.match(made, { file, encryptedTo: publicKey, rows: { devices: 2 } });
  t.match(await house.rollcall("backup", file), { code: 1, stderr: /is there already/ });
  t.match(await house.rollcall("device", "delete", gone, "--yes"), { code: 0 });
  t.match(await house.rollcall("restore", file, "--key", key), { code: 4, stderr: /in use.*stop it first/ });
  await house.end("SIGKILL");
  t.match(await house.rollcall("restore", file), { code: 1, stderr: /nothing was changed: it is encrypted/ });
  t.match(await house.asked("restore", file, "--key", key), [{ rows: { devices: 2 }, missing: [] }]);
  t.not(placesOfText(house.data, gone).length, 0, "it is there until the start");
  await house.start();
  t.same(await idsOf(house), [kept]);
  await house.end("SIGTERM");
  t.same(placesOfText(house.data, gone), []);
  await house.start();
  t.match(await house.agent("kept").run("check-in"), { code: 0 });
  t.match(await house.agent("gone").run("check-in"), { code: 5 });
});

/** Kills a command somewhere in its work, which shows by this folder; somewhere before or behind it now and then. */
async function killed(house: House, folder: string, ticks: number, ...args: string[]): Promise<void> {
  const child = begin("rollcall", [...args, "--data", house.data], { stdio: "ignore" });
  const end = ended(child);
  while (!existsSync(join(house.data, folder)) && child.exitCode === null)
    await new Promise((resolve) => setImmediate(resolve));
  for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve));
  child.kill("SIGKILL");
  await end;
}

t.test(
  "has the database of before or that of the backup whenever it is killed",
  { skip: notLinux() },
  async (t) => {
    const house = await House.of(t);
    const first = await enrolled(house, "first");
    const file = join(house.folder, "backup");
    t.match(await house.rollcall("backup", file), { code: 0 });
    const second = await enrolled(house, "second");
    const times = rounds(4, 40);
    for (let round = 0; round < times; round++) {
      const partial = join(house.folder, "partial");
      await killed(house, "backup.tmp", round ** 2 * 20, "backup", partial);
      if (existsSync(partial)) t.match(await house.rollcall("restore", partial), { code: 4 });
      rmSync(partial, { force: true });
      await house.end("SIGKILL");
      await killed(house, "restore.tmp", round ** 2 * 20, "restore", file);
      await house.start();
      const ids = await idsOf(house);
      t.ok([first, [first, second].sort().join()].includes(ids.toSorted().join()), ids.join());
      for (const left of ["backup.tmp", "restore.tmp"]) t.notOk(readdirSync(house.data).includes(left));
    }
    await house.end("SIGTERM");
    t.match(await house.rollcall("restore", file), { code: 0 });
    await house.start();
    t.same(await idsOf(house), [first]);
  },
);

function notLinux(): string | false {
  return process.platform === "linux" ? false : "a process is killed in the middle as on Linux";
}
