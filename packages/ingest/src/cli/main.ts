/** Entry of `rollcall`: reads the process, runs the command, ends with the code of the contract. */
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { createOutput, exitCodes } from "@rollcall/terminal";
import { type Command, CommanderError } from "commander";
import { z } from "zod";
import { CommandFailure } from "./client.ts";
import type { Context } from "./context.ts";
import { createProgram } from "./program.ts";

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")));

// What a server writes is for its own account alone.
process.umask(0o077);

const asked = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
});

// Also before the arguments are understood, for what commander itself has to say.
const output = createOutput({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  json: process.argv.includes("--json"),
  quiet: process.argv.includes("--quiet"),
});

function contextOf(program: Command): Context {
  const { data } = program.opts<{ data?: string }>();
  return {
    output,
    env: process.env,
    workingDirectory: process.cwd(),
    data,
    account: userInfo().username,
    now: Date.now,
    asked,
  };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  output.error(`rollcall: ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof CommandFailure ? error.exitCode : exitCodes.failed;
}

const program: Command = createProgram(version, () => contextOf(program));
overrideExits(program);

/** Wrong usage throws instead of ending the process, in every command of the tree. */
function overrideExits(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) overrideExits(inner);
}

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
