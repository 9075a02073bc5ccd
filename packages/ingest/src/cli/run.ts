/** One call of `rollcall`, from its arguments to its exit code, with everything it touches handed in. */
import { createOutput, type ExitCode, exitCodes } from "@rollcall/host";
import { type Command, CommanderError } from "commander";
import { type Context, dataDirectory, remoteServer } from "./context.ts";
import { CommandFailure } from "./failure.ts";
import { createProgram } from "./program.ts";

export interface Surroundings extends Omit<Context, "output" | "data"> {
  readonly version: string;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** `args` are those behind the program's name. */
export async function runRollcall(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { version, stdout, stderr, ...others } = surroundings;
  // Made before the arguments are understood, for what there is to say of wrong ones.
  const [json, quiet] = [args.includes("--json"), args.includes("--quiet")];
  const output = createOutput({ stdout, stderr, env: others.env, json, quiet });
  const contextOf = (): Context => ({ ...others, output, data: program.opts<{ data?: string }>().data });
  const tellError = (message: string) => output.error(withPlace(message, contextOf()));
  const program: Command = createProgram({ version, contextOf, stdout, stderr, tellWrongUsage: tellError });
  overrideExits(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    tellError(error instanceof Error ? error.message : String(error));
    return error instanceof CommandFailure ? error.exitCode : exitCodes.failed;
  }
}

/** Every error names what was worked with: the directory, or the server that stands in its place. */
function withPlace(message: string, context: Context): string {
  const [url, directory] = [remoteServer(context), dataDirectory(context)];
  const origin = url === null ? null : (URL.parse(url)?.origin ?? url);
  const isNamed = message.includes(directory) || (origin !== null && message.includes(origin));
  const place = origin === null ? `data: ${directory}` : `server: ${origin}`;
  return `rollcall: ${message}${isNamed ? "" : ` (${place})`}`;
}

/** Wrong usage throws instead of ending the process, in every command of the tree. */
function overrideExits(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) overrideExits(inner);
}
