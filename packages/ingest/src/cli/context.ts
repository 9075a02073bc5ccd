/** What a command of `rollcall` works with; made once by `main.ts`, the only file that reads `process`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Output } from "@rollcall/terminal";

export interface Context {
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** `--data`, when it was given. */
  readonly data: string | undefined;
  /** The OS account that runs the command. */
  readonly account: string;
  readonly now: () => number;
  /** Resolves when the process is asked to end (SIGINT, SIGTERM). */
  readonly asked: Promise<void>;
}

const usualDirectory = "/var/lib/rollcall";

/** Flag, environment, `./data` if there, else the usual place. */
export function dataDirectory({
  data,
  env,
  workingDirectory,
}: Pick<Context, "data" | "env" | "workingDirectory">): string {
  const named = data ?? env.ROLLCALL_DATA;
  if (named !== undefined && named !== "") return named;
  const here = join(workingDirectory, "data");
  return existsSync(here) ? here : usualDirectory;
}
