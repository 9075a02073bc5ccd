/** What a command of `rollcall` works with; made once by `main.ts`, the only file that reads `process`. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Output } from "@rollcall/host";

export interface Context {
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** `--data`, when it was given. */
  readonly data: string | undefined;
  /** The OS account that runs the command. */
  readonly account: string;
  readonly now: () => number;
  /** Catches SIGINT and SIGTERM from now on; resolves at the first. */
  readonly asked: () => Promise<void>;
}

const usualDirectory = "/var/lib/rollcall";

/** Flag, environment, `./data` if there, else the usual place; absolute. */
export function dataDirectory({
  data,
  env,
  workingDirectory,
}: Pick<Context, "data" | "env" | "workingDirectory">): string {
  const named = data || env.ROLLCALL_DATA;
  if (named) return resolve(workingDirectory, named);
  const here = join(workingDirectory, "data");
  return existsSync(here) ? here : usualDirectory;
}

/** The server elsewhere that the environment names, or null. */
export function remoteServer({ env }: Pick<Context, "env">): string | null {
  return env.ROLLCALL_URL || null;
}
