/** What a program costs is measured whole: with its children, and not without a program that did its work. */
import t from "tap";
import { cpuSecondsOf, residentBytesOf, residentBytesOfTree, writtenBytesOf } from "./process-figures.ts";
import { costOf } from "./whole-process.ts";

const posix = process.platform === "win32" ? { skip: "there is no POSIX shell" } : {};
const linux = process.platform === "linux" ? {} : { skip: "only Linux tells this" };
const alive = { atEnd: () => {} };

/** Keeps a processor busy for so many milliseconds of its time. */
const busy = (milliseconds: number) => `while (${cpu} < ${milliseconds * 1_000});`;
const cpu = "(({ user, system }) => user + system)(process.cpuUsage())";

t.test("counts what a program's children used, and keeps what it said", posix, async (t) => {
  const child = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy(300))}]);`;
  const parent = await costOf(alive, [process.execPath, "-e", `${busy(100)} ${child} console.log("don't")`]);
  t.equal(parent.stdout, "don't\n");
  t.ok(parent.cpuSeconds >= 0.4, { parent });
  t.ok(parent.wallSeconds >= parent.cpuSeconds / 2);
});

t.test("counts each run alone", posix, async (t) => {
  await costOf(alive, [process.execPath, "-e", busy(400)]);
  const { cpuSeconds } = await costOf(alive, [process.execPath, "-e", "0"]);
  t.ok(cpuSeconds > 0 && cpuSeconds < 0.4, { cpuSeconds });
});

t.test("sees the most memory that a program and its children had at a time", linux, async (t) => {
  const size = 100_000_000;
  const held = `const all = Buffer.alloc(${size}, 1); ${busy(200)} all[0] = 0;`;
  const inChild = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(held)}]);`;
  const peak = async (code: string) => (await costOf(alive, [process.execPath, "-e", code])).peakBytes ?? 0;
  const [small, own, child] = [await peak(busy(100)), await peak(held), await peak(inChild)];
  t.ok(small > 10_000_000 && own > small + size * 0.9 && child > 1.5 * small + size * 0.9, {
    ...{ small, own, child },
  });
});

t.test("is no measurement when the program failed", posix, async (t) => {
  const failing = [process.execPath, "-e", `console.error("no such thing"); process.exit(7)`];
  await t.rejects(costOf(alive, failing), { message: /ended with 7: no such thing/ });
  await t.rejects(costOf(alive, ["/no/such/program"]), { message: /ended with 127/ });
});

t.test("tells of a running process what the process knows of itself", linux, async (t) => {
  const { user, system } = process.cpuUsage();
  const ticks = 0.05;
  const cpu = cpuSecondsOf(process.pid) ?? Number.NaN;
  t.ok(cpu >= (user + system) / 1e6 - ticks, { cpu, user, system });
  t.ok(cpu <= (performance.now() / 1_000) * 16, { cpu });
  const resident = residentBytesOf(process.pid) ?? Number.NaN;
  t.ok(Math.abs(resident - process.memoryUsage.rss()) < 20_000_000, { resident });
  t.ok((writtenBytesOf(process.pid) ?? -1) >= 0);
});

t.test("tells nothing of a process that is not there", async (t) => {
  const none = 2 ** 31 - 1;
  t.same(
    [cpuSecondsOf, residentBytesOf, residentBytesOfTree, writtenBytesOf].map((of) => of(none)),
    [...[undefined, undefined, undefined, undefined]],
  );
});
