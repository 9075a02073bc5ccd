/** `npm run bench` as people and scripts meet it: its result's shape, its exit codes, and that it cleans up. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { z } from "zod";
import { type Bench, resultOf } from "./bench.ts";
import { leastSamples } from "./statistics.ts";

const main = join(import.meta.dirname, "main.ts");

function start(args: readonly string[], temporary = "/nonexistent"): ChildProcess {
  return spawn(process.execPath, [main, ...args], { env: { ...process.env, TMPDIR: temporary } });
}

async function run(args: readonly string[], temporary?: string) {
  const child = start(args, temporary);
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  const [code] = await once(child, "close");
  return { code, ...said };
}

const figure = {
  unit: z.string(),
  better: z.enum(["higher", "lower"]),
  ours: z.number().nonnegative(),
  baseline: z.strictObject({ name: z.string(), value: z.number().positive() }),
  ratio: z.number().nonnegative(),
};
const result = z.strictObject({
  bench: z.string(),
  ...figure,
  samples: z.int().min(leastSamples),
  figures: z.record(z.string(), z.strictObject(figure)),
});

t.test("ends a small run of check-ins with one object of the contract's shape", async (t) => {
  const temporary = t.testdir();
  const { code, stdout, stderr } = await run(
    ["check-ins", "--json", "--devices", "64", "--seconds", "1"],
    temporary,
  );
  t.equal(code, 0, stderr);
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  const { figures, ...told } = result.parse(JSON.parse(last));
  t.match(told, {
    bench: "check-ins",
    unit: "check-ins/s",
    better: "higher",
    baseline: { name: "bare node:http" },
  });
  for (const each of [told, ...Object.values(figures)]) t.equal(each.ratio, each.ours / each.baseline.value);
  const everywhere = ["p50Milliseconds", "p99Milliseconds"];
  const onLinux = [...everywhere, "serverCpuMicroseconds", "writtenBytes", "residentBytes"];
  t.same(Object.keys(figures), process.platform === "linux" ? onLinux : everywhere);
  t.same(readdirSync(temporary), []);
});

t.test("ends what it started and leaves nothing behind when it is interrupted", async (t) => {
  const temporary = t.testdir();
  const child = start(["check-ins", "--devices", "64", "--seconds", "100"], temporary);
  const closed = once(child, "close");
  for await (const line of child.stderr ?? []) if (String(line).includes("enrolled")) break;
  t.equal(readdirSync(temporary).length, 1);
  child.kill("SIGTERM");
  t.same(await closed, [143, null]);
  t.same(readdirSync(temporary), []);
});

t.test("answers wrong usage with 2 and a list, and what is not there yet with 1", async (t) => {
  const cases: readonly (readonly [number, RegExp, ...string[]])[] = [
    [2, /check-ins.*\n.*agent[\s\S]*storage[\s\S]*Not yet: .*\bsearch\b/],
    [2, /no bench chek-ins\n[\s\S]*Benches:/, "chek-ins"],
    [2, /no bench check-ins agent/, "check-ins", "agent"],
    [2, /--devices takes a number, not many/, "check-ins", "--devices", "many"],
    [2, /--devices takes a number, not 0/, "check-ins", "--devices", "0"],
    [2, /--seconds takes a number, not 0.0/, "check-ins", "--seconds", "0.0"],
    [2, /Usage: npm run bench/, "check-ins", "--fast"],
    [1, /bench search: not yet/, "search", "--json"],
  ];
  const ends = await Promise.all(cases.map(([, , ...args]) => run(args)));
  for (const [index, [code, words, ...args]] of cases.entries())
    t.match(ends[index], { code, stdout: /^$/, stderr: words }, args.join(" "));
  t.match(await run(["--help"]), { code: 0, stdout: /\nBenches:\n/, stderr: /^$/ });
});

const bench: Bench = {
  name: "made-up",
  measures: "nothing",
  unit: "things",
  better: "lower",
  defaults: { devices: 1, seconds: 1 },
  run: () => Promise.reject(new Error("this one is not run")),
};

t.test("tells medians, and ours as a part of the baseline", async (t) => {
  const seconds = { unit: "s", better: "lower" } as const;
  const measured = {
    ours: [9, 1, 2, 3, 4],
    baseline: { name: "others", values: [12, 1, 99, 2, 99] },
    figures: {
      free: { ...seconds, ours: [5], baseline: { name: "nothing", values: [0, 0] } },
      unknown: { ...seconds, ours: [], baseline: { name: "others", values: [1] } },
      unmatched: { ...seconds, ours: [1], baseline: { name: "others", values: [] } },
    },
  };
  t.same(resultOf(bench, measured), {
    bench: "made-up",
    unit: "things",
    better: "lower",
    ours: 3,
    baseline: { name: "others", value: 12 },
    ratio: 0.25,
    samples: 5,
    figures: { free: { ...seconds, ours: 5, baseline: { name: "nothing", value: 0 }, ratio: null } },
  });
});
