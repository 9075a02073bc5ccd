// Other programs' output: bounded in time and size, with nothing of the agent's own, and nothing left behind.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import t from "tap";
import { openLook } from "./look.ts";
import { printedBy } from "./printed-by.ts";

t.test("gives what a program prints and what it ends with", async (t) => {
  t.same(await printedBy("/bin/sh", ["-c", "echo one; exit 3"], {}), { code: 3, text: "one\n" });
  const printed = await printedBy("/usr/bin/env", [], {});
  const names = typeof printed === "object" ? (printed.text.match(/^\w+(?==)/gm) ?? []) : [];
  // Those of the test runner come into every process that a test begins.
  const own = names.filter((name) => !/TAPJS|NODE_OPTIONS/.test(name));
  t.same(own.toSorted(), ["LC_ALL", "PATH"], "its environment has nothing of the agent's own");
  t.equal(await printedBy("/none/such", [], {}), undefined);
});

t.test("ends one that hangs, with what it began", async (t) => {
  const file = join(t.testdir(), "pid");
  const script = `sleep 1000 & echo $! > ${file}; wait`;
  t.equal(await printedBy("/bin/sh", ["-c", script], { milliseconds: 500 }), "took over 500 ms");
  const pid = Number(readFileSync(file, "utf8"));
  for (let tries = 0; isThere(pid) && tries < 100; tries++) await wait(20);
  t.equal(isThere(pid), false);
});

t.test("stops reading one that prints without end", async (t) => {
  const limits = { maxBytes: 100_000 };
  t.equal(await printedBy("/bin/sh", ["-c", "yes"], limits), "printed more than 100000 bytes");
});

t.test("runs only what was declared, and nothing for another machine's tree", async (t) => {
  const look = (root: string | null) => openLook({ root, reads: [], programs: ["/bin/true"] });
  t.same(await look(null).run("/bin/true", []), { code: 0, text: "" });
  await t.rejects(look(null).run("/bin/false", []), /not among the programs/);
  t.equal(await look(t.testdir()).run("/bin/true", []), undefined);
});

/** Whether it runs; one that nobody has waited for yet does not. */
function isThere(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
