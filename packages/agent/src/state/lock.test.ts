/** One command at a time, whatever became of the one before. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { errorOf } from "../testing/test-device.ts";
import { StateDirectory } from "./directory.ts";
import { withLock } from "./lock.ts";

const source = JSON.stringify(new URL("lock.ts", import.meta.url).href);
const directorySource = JSON.stringify(new URL("directory.ts", import.meta.url).href);

/** A process that takes the lock, says so, and keeps it until it is killed. */
async function holder(path: string) {
  const program = `
    import { withLock } from ${source};
    import { StateDirectory } from ${directorySource};
    await withLock(new StateDirectory(${JSON.stringify(path)}), async () => {
      console.log("held");
      await new Promise(() => setInterval(() => {}, 1000));
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

t.test("lets one in after the other, and leaves nothing behind", async (t) => {
  const directory = new StateDirectory(t.testdir());
  const order: string[] = [];
  const enter = (name: string) =>
    withLock(directory, async () => {
      order.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} out`);
    });
  await Promise.all([enter("a"), enter("b"), enter("c")]);
  t.match(order.join(), /^(\w in,\w out,?){3}$/);
  for (let index = 0; index < order.length; index += 2)
    t.equal(order[index]?.[0], order[index + 1]?.[0], order.join());
  t.same(readdirSync(directory.path), []);
});

t.test("gives the lock back when the work fails", async (t) => {
  const directory = new StateDirectory(t.testdir());
  await t.rejects(
    withLock(directory, () => {
      throw new Error("broken");
    }),
    { message: "broken" },
  );
  t.equal(await withLock(directory, () => "again"), "again");
});

t.test("waits for a living holder, names it, and takes over from a dead one", async (t) => {
  const directory = new StateDirectory(t.testdir());
  const child = await holder(directory.path);
  t.teardown(() => child.kill("SIGKILL"));
  const error = await errorOf(withLock(directory, () => "in", { patience: 100 }));
  t.match(error, { code: "state-locked", message: `process ${child.pid}` });
  t.ok(error.message.includes(directory.path));
  const waiting = withLock(directory, () => "in");
  child.kill("SIGKILL");
  t.equal(await waiting, "in");
  t.notOk(existsSync(join(directory.path, "lock")));
});

const noProc = process.platform !== "linux" && "only Linux tells when a process started";
t.test("does not take another process with the same number for the holder", { skip: noProc }, async (t) => {
  const directory = new StateDirectory(t.testdir());
  writeFileSync(join(directory.path, "lock"), JSON.stringify({ pid: process.pid, started: "1" }));
  t.equal(await withLock(directory, () => "in", { patience: 0 }), "in");
});

t.test("takes over what is no lock of a living process", async (t) => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  for (const content of [
    "",
    "{",
    "null",
    '{"pid":-1}',
    '{"pid":"x"}',
    JSON.stringify({ pid, started: null }),
  ]) {
    const directory = new StateDirectory(t.testdir({ lock: content, "lock.removal": content }));
    t.equal(await withLock(directory, () => "in"), "in", content);
  }
});

t.test("lets many processes in one by one, also over the lock of a dead one", async (t) => {
  const path = t.testdir({ lock: JSON.stringify({ pid: 2 ** 22 + 1, started: "1" }), count: "0" });
  const program = `
    import { readFileSync, writeFileSync } from "node:fs";
    import { withLock } from ${source};
    import { StateDirectory } from ${directorySource};
    const count = ${JSON.stringify(join(path, "count"))};
    for (let round = 0; round < 5; round++)
      await withLock(new StateDirectory(${JSON.stringify(path)}), async () => {
        const before = Number(readFileSync(count, "utf8"));
        await new Promise((resolve) => setTimeout(resolve, 2));
        writeFileSync(count, String(before + 1));
      });`;
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" }),
  );
  const ends = await Promise.all(children.map((child) => once(child, "close")));
  t.same(ends, Array(4).fill([0, null]));
  t.equal(readFileSync(join(path, "count"), "utf8"), "20");
});

t.test("ends a holder that does not come back from looking at the machine, and no other", async (t) => {
  const directory = new StateDirectory(t.testdir());
  const child = await holder(directory.path);
  t.teardown(() => child.kill("SIGKILL"));
  const mark = join(directory.path, "looking");
  const anHourAgo = new Date(Date.now() - 3_600_000);
  const markOf = (pid: number | undefined, at: Date) => {
    writeFileSync(mark, String(pid));
    utimesSync(mark, at, at);
  };
  const take = () => withLock(directory, () => "taken", { patience: 200 });
  markOf(child.pid, new Date());
  t.match(await errorOf(take()), { code: "state-locked" }, "it has just begun");
  markOf(process.ppid, anHourAgo);
  t.match(await errorOf(take()), { code: "state-locked" }, "the mark is another's");
  markOf(child.pid, anHourAgo);
  const gone = once(child, "close");
  t.equal(await take(), "taken");
  t.same(await gone, [null, "SIGKILL"]);
});
