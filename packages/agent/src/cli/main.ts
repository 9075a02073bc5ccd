/**
 * Entry of `rollcall-agent`: reads the process, runs the command, ends with the code of the contract. What only
 * some commands need is loaded by them.
 */
import { readFileSync } from "node:fs";
import { release, userInfo } from "node:os";
// Not from the whole of it, of which one that is not due needs no more.
import type { ExitCode } from "@rollcall/host";
import { createOutput } from "@rollcall/host/output";
import { AgentError } from "../agent-error.ts";
import { stateDirectoryIn, usualDirectory } from "./context.ts";
import { intervalUnlessDue, readCheckInIfDue, tellNotDue } from "./not-due.ts";

// What an agent writes is for its own account alone.
process.umask(0o077);

// An enrolment string is a secret, and arguments can be read by everybody on the machine: from here on they cannot.
// `-` and `@FILE` never show it.
if (process.argv.some((argument) => argument.startsWith("rc1."))) process.title = "rollcall-agent";

function agentVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return String(
    typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, "version") : "0.0.0",
  );
}

const output = createOutput({
  stdout: process.stdout,
  // Opening a stream takes its time: this one is hardly ever written to.
  get stderr() {
    return process.stderr;
  },
  env: process.env,
  json: process.argv.includes("--json"),
  quiet: false,
});

/** Asked for only where it is recorded: the system looks it up in the list of accounts. */
function account(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the system's list, as in containers.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

let cpuSeen = 0;
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  const total = (user + system) / 1e6;
  const since = total - cpuSeen;
  cpuSeen = total;
  return since;
}

const mostInput = 65_536;
async function readInput(): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > mostInput) throw new AgentError("usage", "standard input is longer than any enrolment string");
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString();
}

async function readLine(): Promise<string> {
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return line;
    return "";
  } finally {
    lines.close();
  }
}

function catchSignals(): AbortSignal {
  const asked = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => asked.abort());
  return asked.signal;
}

/** Only the agent that root installed for the machine speaks to everybody on it. */
function noticesOf(stateDirectory: string): "usual" | null {
  const isMachines = process.platform === "linux" && process.getuid?.() === 0;
  return isMachines && stateDirectory === usualDirectory ? "usual" : null;
}

const workingDirectory = () => process.cwd();

/** The end of a check-in that is plainly not due; null for whatever needs more than a look at the schedule. */
function endedAtOnce(): ExitCode | null {
  const asked = readCheckInIfDue(process.argv.slice(2));
  if (!asked) return null;
  const places = { ...asked, env: process.env, workingDirectory: workingDirectory() };
  const intervalSeconds = intervalUnlessDue(stateDirectoryIn(places), Date.now());
  return intervalSeconds === null ? null : tellNotDue(output, intervalSeconds);
}

async function runCommand(): Promise<ExitCode> {
  const { keepCompiled, typedState } = await import("./compile-cache.ts");
  const places = { state: typedState(process.argv), env: process.env, workingDirectory: workingDirectory() };
  keepCompiled(stateDirectoryIn(places));
  const { runCommandLine } = await import("./command-line.ts");
  return runCommandLine(process.argv, {
    output,
    env: process.env,
    workingDirectory,
    platform: process.platform,
    osVersion: release(),
    agentVersion: agentVersion(),
    account,
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    now: Date.now,
    random: Math.random,
    cpuSeconds,
    readInput,
    readLine,
    noticesOf,
    catchSignals,
  });
}

process.exitCode = endedAtOnce() ?? (await runCommand());
