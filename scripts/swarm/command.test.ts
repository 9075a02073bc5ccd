/** `npm run swarm` as a program: what it says and how it ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";

const script = join(import.meta.dirname, "../swarm.ts");
const folder = mkdtempSync(join(tmpdir(), "rollcall-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const child = spawn(process.execPath, [script, "--data", join(folder, "none"), ...args]);
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  const [code] = await once(child, "close");
  return { code, ...said };
}

t.test("brings a server of its own where none runs, and tells what came of it", async (t) => {
  const { code, stdout } = await run("--devices", "12", "--rounds", "1", "--json");
  t.equal(code, 0);
  t.match(JSON.parse(stdout), { acknowledged: 12, checkIns: { done: 12, failed: 0 }, failures: [] });
});

t.test("refuses what it does not understand", async (t) => {
  t.match(await run("--help"), { code: 0, stdout: /^Usage: .*\n$/, stderr: "" });
  for (const wrong of [["--devices", "none"], ["--devices", "0"], ["--unknown"], ["--enrolment", "rc1.x"]])
    t.match(await run(...wrong), { code: 2, stderr: /^[^\n]+\n(Usage: .*\n)?$/ }, wrong.join(" "));
});
