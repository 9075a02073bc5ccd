/** The command line as it was typed: which command it names, run, and which exit code that ends in. */
import { statSync } from "node:fs";
import { type ExitCode, exitCodes } from "@rollcall/host";
import { type Command, CommanderError } from "commander";
import { AgentError } from "../agent-error.ts";
import { type Context, stateDirectoryIn } from "./context.ts";
import { exitCodeOf } from "./exit-code.ts";
import { createProgram } from "./program.ts";

/** What of a context the arguments do not say. */
export interface Surroundings extends Omit<Context, "stateDirectory" | "rootfs" | "tellError"> {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: () => string;
}

/** Runs what the arguments name; `argv` is the process's, whole. */
export async function runCommandLine(argv: readonly string[], around: Surroundings): Promise<ExitCode> {
  let ending: ExitCode = exitCodes.done;
  const program: Command = createProgram({
    version: around.agentVersion,
    contextOf: () => contextOf(program, around),
    end: (code) => {
      ending = code;
    },
    tellWrongUsage: (message) => tellError(program, around, message),
  });
  overrideExits(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    tellError(program, around, error instanceof Error ? error.message : String(error));
    return exitCodeOf(error);
  }
  return ending;
}

/** Wrong usage throws instead of ending the process, in every command of the tree. */
function overrideExits(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) overrideExits(inner);
}

function contextOf(program: Command, around: Surroundings): Context {
  const { pathRootfs } = program.opts<{ pathRootfs?: string }>();
  return {
    ...around,
    tellError: (message) => tellError(program, around, message),
    stateDirectory: stateDirectory(program, around),
    rootfs: pathRootfs === undefined ? null : directoryThatIsThere(pathRootfs),
  };
}

/** Where there is no such tree nothing could be looked at, which is not the same as a machine that has nothing. */
function directoryThatIsThere(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new AgentError("usage", `--path-rootfs names no directory: ${path}`);
}

function stateDirectory(program: Command, { env, workingDirectory }: Surroundings): string {
  const { state } = program.opts<{ state?: string }>();
  return stateDirectoryIn({ state, env, workingDirectory: workingDirectory() });
}

function tellError(program: Command, around: Surroundings, message: string): void {
  const path = stateDirectory(program, around);
  around.output.error(`rollcall-agent: ${message}${isNamed(path, message) ? "" : ` (state: ${path})`}`);
}

/** Whether the path itself is named, or something in it; not what only begins alike, as `DIR/agent.sock` does. */
function isNamed(path: string, message: string): boolean {
  return message
    .split(path)
    .slice(1)
    .some((after) => !/^[\w.-]/.test(after));
}
