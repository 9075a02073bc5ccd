/** The data directory: of one account and one process, however that one ends. */
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { ServerProcess } from "../testing/server-process.ts";
import { TestServer } from "../testing/test-server.ts";
import { ownDataDirectory } from "./data-directory.ts";

const inUse = /is in use by another rollcall process$/;
const modeOf = (path: string) => statSync(path).mode & 0o777;

t.test("is made for its owner alone, and taken back from others when it was open to them", async (t) => {
  const [made, open] = [join(t.testdir({ open: {} }), "a", "b"), join(t.testdirName, "open")];
  chmodSync(open, 0o755);
  for (const path of [made, open]) {
    const directory = ownDataDirectory(path);
    t.equal(modeOf(path), 0o700);
    directory.release();
  }
});

t.test("is refused where others can write it or replace it, and left as it is", async (t) => {
  const folder = t.testdir({ group: {}, others: {}, open: { data: {} } });
  const refused: Record<string, [path: string, why: RegExp]> = {
    group: [join(folder, "group"), /can be written by others than its owner; .* chmod go-w/],
    others: [join(folder, "others"), /can be written by others than its owner/],
    open: [join(folder, "open", "data"), /can be replaced by everybody, who can write .*open;/],
    new: [join(folder, "open", "new"), /can be replaced by everybody/],
  };
  for (const [name, mode] of [
    ["group", 0o770],
    ["others", 0o702],
    ["open", 0o777],
  ] as const)
    chmodSync(join(folder, name), mode);
  for (const [name, [path, why]] of Object.entries(refused)) {
    t.throws(() => ownDataDirectory(path), { message: why }, name);
    t.ok(!existsSync(path) || readdirSync(path).length === 0, "nothing was made there");
  }
  t.equal(modeOf(join(folder, "group")), 0o770);
});

t.test("is taken where only what precedes a start, or a start left, is there", async (t) => {
  const path = t.testdir({
    agent: { "state.json": "{}" },
    keys: {},
    lock: "",
    "config.json": "{}",
    "requests.log": "",
    "control.sock": "",
    "lost+found": {},
  });
  ownDataDirectory(path).release();
  t.equal(modeOf(path), 0o700);
});

t.test("is not made of a folder that holds other files, which stays as it is", async (t) => {
  const folders = {
    notes: { "notes.txt": "mine" },
    hidden: { ".git": {} },
    beside: { "config.json": "{}", "package.json": "{}" },
    nested: { "rollcall.db.txt": "" },
  };
  const path = t.testdir(folders);
  for (const [name, content] of Object.entries(folders)) {
    const folder = join(path, name);
    chmodSync(folder, 0o755);
    t.throws(() => ownDataDirectory(folder), {
      message: `${folder} holds other files; choose an empty directory`,
    });
    t.same(readdirSync(folder), Object.keys(content));
    t.equal(modeOf(folder), 0o755);
  }
  const database = t.testdir({ "rollcall.db": "", "notes.txt": "" });
  ownDataDirectory(database).release();
  t.equal(modeOf(database), 0o700, "with a database it is ours, whatever somebody put there since");
});

t.test("has one owner at a time", async (t) => {
  const path = t.testdir({});
  const first = ownDataDirectory(path);
  t.throws(() => ownDataDirectory(path), { message: inUse });
  first.release();
  ownDataDirectory(path).release();
});

t.test("belongs to a server in another process until that ends, which may be killed", async (t) => {
  const path = t.testdir({});
  const killed = await ServerProcess.start(path);
  t.teardown(() => killed.end("SIGKILL"));
  t.throws(() => ownDataDirectory(path), { message: inUse });
  const device = await killed.device();
  const body = device.checkInBody();
  const { body: answer } = await device.checkIn(body);
  await killed.end("SIGKILL");
  const next = await TestServer.start(path);
  t.teardown(() => next.stop());
  device.url = next.url;
  t.same((await device.checkIn(body)).body, answer, "it was acknowledged: a repeat gets the same answer");
  t.equal(outcomeOf(await device.checkIn()), "200");
  await next.stop();
  ownDataDirectory(path).release();
});

t.test("names a lock that is none, and calls it nobody's", async (t) => {
  const path = t.testdir({});
  writeFileSync(join(path, "lock"), "x".repeat(5_000));
  t.throws(() => ownDataDirectory(path), { message: `${join(path, "lock")} cannot be used as a lock` });
});
