/**
 * `npm run swarm -- --devices N [--seed S] [--hostile N]`: simulated devices that speak the real protocol, with the
 * spread of a real fleet. Same seed, same fleet. They go to the server that owns `--data` (default ./data), to the one
 * of an enrolment string, or, where none runs, to one of their own on a temporary directory, which ends with them.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs, promisify } from "node:util";
import { createOutput, exitCodes } from "@rollcall/host";
import { type Enrolment, readEnrolmentString } from "@rollcall/protocol";
import { z } from "zod";
import { Fleet } from "./swarm/fleet.ts";
import { Line } from "./swarm/line.ts";
import { type Report, runSwarm } from "./swarm/run.ts";
import { Swarm } from "./swarm/swarm.ts";

const usage =
  "Usage: npm run swarm -- --devices N [--seed S] [--hostile N] [--rounds N] [--connections N] [--data DIR | --enrolment STRING] [--json]";
const root = join(import.meta.dirname, "..");
const rollcall = join(root, "packages/ingest/bin/rollcall.mjs");

const output = createOutput({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  json: process.argv.includes("--json"),
  quiet: false,
});

class WrongUsage extends Error {}

const number = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const argumentsSchema = z.object({
  devices: number(1, 10_000_000),
  seed: number(0, 2 ** 32 - 1),
  hostile: number(0, 10_000),
  rounds: number(0, 60_000),
  connections: number(1, 4_096),
  data: z.string(),
  enrolment: z.string().optional(),
});

/** null where only the usage is asked for. */
function readArguments() {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  try {
    const { values } = parseArgs({
      strict: true,
      options: {
        devices: text("1000"),
        seed: text("1"),
        hostile: text("0"),
        rounds: text("3"),
        connections: text("64"),
        data: text(process.env.ROLLCALL_DATA ?? "data"),
        enrolment: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", default: false },
      },
    });
    return values.help ? null : argumentsSchema.parse(values);
  } catch (error) {
    const said =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `--${path.join(".")}: ${message}`).join("; ")
        : String(error instanceof Error ? error.message : error);
    throw new WrongUsage(`${said}\n${usage}`);
  }
}

const steps: (() => Promise<void> | void)[] = [];

/** A server of the swarm's own, which goes with it. */
async function ownServer(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-swarm-"));
  steps.push(() => rmSync(folder, { recursive: true, force: true }));
  const data = join(folder, "data");
  const args = [rollcall, "serve", "--data", data, "--listen", "127.0.0.1:0", "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  steps.push(async () => {
    child.kill("SIGTERM");
    await closed;
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, "line"), closed.then(() => [undefined])]);
  if (typeof line !== "string") throw new Error("the server did not start");
  output.note("no server runs there, so the swarm brings its own, which ends with it");
  return data;
}

async function newEnrolment(data: string, uses: number): Promise<string> {
  const many = ["--uses", String(uses), "--per-hour", String(uses), "--group", "swarm"];
  const args = [
    rollcall,
    "enrolment-token",
    "create",
    "--local",
    ...many,
    "--data",
    data,
    "--json",
    "--quiet",
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return z.object({ enrolment: z.string() }).parse(JSON.parse(stdout)).enrolment;
}

function read(typed: string): Enrolment {
  const enrolment = readEnrolmentString(typed);
  if ("error" in enrolment) throw new WrongUsage(enrolment.detail);
  return enrolment;
}

async function main(): Promise<Report | null> {
  const asked = readArguments();
  if (!asked) return null;
  const { devices, hostile, seed, rounds, connections } = asked;
  const uses = devices + hostile;
  const runs = existsSync(join(asked.data, "control.sock"));
  const typed = asked.enrolment ?? (await newEnrolment(runs ? asked.data : await ownServer(), uses));
  const enrolment = read(typed);
  const line = new Line(enrolment.url, connections, enrolment.ca);
  steps.push(() => line.close());
  const asking = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => asking.abort());
  const swarm = new Swarm({ fleet: new Fleet(seed), enrolment, line, size: uses });
  const note = (text: string) => output.note(text);
  return runSwarm(swarm, { devices, hostile, seed, rounds, connections, signal: asking.signal, note });
}

function tell({ statuses, failures, acknowledged, bytesEachDevice, ...figures }: Report): void {
  output.table(Object.entries(figures), [
    { title: "WORK", value: ([name]) => name },
    { title: "DONE", value: ([, { done }]) => done, align: "right" },
    { title: "FAILED", value: ([, { failed }]) => failed, align: "right" },
    { title: "A SECOND", value: ([, { perSecond }]) => perSecond, align: "right" },
    { title: "P50 MS", value: ([, { p50Milliseconds }]) => p50Milliseconds, align: "right" },
    { title: "P99 MS", value: ([, { p99Milliseconds }]) => p99Milliseconds, align: "right" },
  ]);
  output.line(`${acknowledged} devices acknowledged, ${bytesEachDevice} bytes of memory each`);
  for (const [way, counts] of Object.entries(statuses)) {
    const told = Object.entries(counts).map(
      ([status, count]) => `${count} × ${status === "0" ? "cut" : status}`,
    );
    output.line(`hostile, ${way}: ${told.join(", ")}`);
  }
  for (const failure of failures) output.error(failure);
}

try {
  const report = await main();
  if (report) {
    tell(report);
    output.json(report);
    if (report.failures.length > 0) process.exitCode = exitCodes.failed;
  } else output.line(usage);
} catch (error) {
  for (const line of (error instanceof Error ? error.message : String(error)).split("\n")) output.error(line);
  process.exitCode = error instanceof WrongUsage ? exitCodes.usage : exitCodes.failed;
} finally {
  for (const step of steps.splice(0).reverse()) await step();
}
