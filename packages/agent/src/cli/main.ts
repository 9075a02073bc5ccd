/** Entry of `rollcall-agent`: reads the process, runs the command, ends with the code of the contract. */
import { readFileSync } from "node:fs";
import { release, userInfo } from "node:os";
import { createOutput, exitCodes } from "@rollcall/host";
import { type Command, CommanderError } from "commander";
import { AgentError } from "../agent-error.ts";
import { type Context, stateDirectoryIn } from "./context.ts";
import { exitCodeOf } from "./exit-code.ts";
import { createProgram } from "./program.ts";

// What an agent writes is for its own account alone.
process.umask(0o077);

const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const agentVersion = String(
  typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, "version") : "0.0.0",
);

// Also before the arguments are understood, for what commander itself has to say.
const output = createOutput({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  json: process.argv.includes("--json"),
  quiet: false,
});

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

function catchSignals(): AbortSignal {
  const asked = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => asked.abort());
  return asked.signal;
}

function stateDirectory(program: Command): string {
  const { state } = program.opts<{ state?: string }>();
  return stateDirectoryIn({ state, env: process.env, workingDirectory: process.cwd() });
}

function contextOf(program: Command): Context {
  const { pathRootfs } = program.opts<{ pathRootfs?: string }>();
  return {
    output,
    tellError,
    stateDirectory: stateDirectory(program),
    rootfs: pathRootfs ?? null,
    platform: process.platform,
    osVersion: release(),
    agentVersion,
    account: account(),
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    now: Date.now,
    random: Math.random,
    cpuSeconds,
    readInput,
    catchSignals,
  };
}

function tellError(message: string): void {
  const path = stateDirectory(program);
  output.error(`rollcall-agent: ${message}${message.includes(path) ? "" : ` (state: ${path})`}`);
}

/** Wrong usage throws instead of ending the process, in every command of the tree. */
function overrideExits(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) overrideExits(inner);
}

const program: Command = createProgram({
  version: agentVersion,
  contextOf: () => contextOf(program),
  end: (code) => {
    process.exitCode = code;
  },
});
overrideExits(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else {
    tellError(error instanceof Error ? error.message : String(error));
    process.exitCode = exitCodeOf(error);
  }
}
