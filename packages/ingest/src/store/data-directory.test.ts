/** The data directory: of one account and one process, however that one ends. */
import { chmodSync, statSync, writeFileSync } from "node:fs";
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
  t.throws(() => ownDataDirectory(path), { message: `${join(path, "lock")} cannot be used as the lock` });
});
