/** `npm run demo` as a program: a server with a fleet and its month, and nothing left of it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";

const script = join(import.meta.dirname, "../demo.ts");

t.test("shows a fleet that has lived through a month, and leaves nothing", async (t) => {
  const temporary = t.testdir({});
  const child = spawn(process.execPath, [script, "--devices", "3", "--port", "0"], {
    env: { ...process.env, TMPDIR: temporary },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const closed = once(child, "close");
  while (!said.includes("Rollcall runs on http://127.0.0.1:"))
    await Promise.race([
      once(child.stdout, "data"),
      closed.then(() => Promise.reject(new Error(`it ended: ${said}`))),
    ]);
  t.match(said, /3 devices have enrolled[^\n]+\n[^\n]+through 30 days/);
  child.kill("SIGTERM");
  t.same(await closed, [0, null], said);
  t.same(readdirSync(temporary), []);
});

t.test("refuses what it does not understand", async (t) => {
  for (const wrong of [["--devices", "0"], ["--unknown"]]) {
    const child = spawn(process.execPath, [script, ...wrong], { stdio: "ignore" });
    t.same(await once(child, "close"), [2, null], wrong.join(" "));
  }
});
