/** What check-ins weigh, which does not depend on the machine: within what was promised of it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { z } from "zod";

const figure = z.looseObject({ ours: z.number() });
const result = figure.extend({ bench: z.literal("delta"), figures: z.record(z.string(), figure) });

t.test("stays within the bytes that were promised for a check-in and for one upgrade of 2,000", async (t) => {
  const temporary = t.testdir();
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "main.ts"), "delta", "--json", "--seconds", "1"],
    { env: { ...process.env, TMPDIR: temporary }, stdio: ["ignore", "pipe", "inherit"] },
  );
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  t.same(await once(child, "close"), [0, null]);
  const { ours, figures } = result.parse(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""));
  t.same(Object.keys(figures), ["unchangedBytes", "upgradedBytes", "firstInventoryBytes"]);
  t.ok(ours > 300 && ours <= 700, `${ours} bytes of an unchanged check-in`);
  const upgraded = figures.upgradedBytes?.ours ?? 0;
  t.ok(upgraded > 500 && upgraded <= 1_100, `${upgraded} bytes of an upgrade and its answer`);
  t.same(readdirSync(temporary), []);
});
