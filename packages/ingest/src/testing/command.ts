/** `rollcall` as people and scripts start it: a process of its own, with nothing of this one's environment. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { runRollcall } from "../cli/run.ts";

/** The file that starts `rollcall`. */
export const program = join(import.meta.dirname, "../../bin/rollcall.mjs");

export interface Ended {
  /** Exit code, or the signal that ended it. */
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Where {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export function start(args: readonly string[], { env = {}, cwd = tmpdir() }: Where = {}): ChildProcess {
  return spawn(process.execPath, [program, ...args], { cwd, env: { PATH: "", ...env } });
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  const [code, signal] = await once(child, "close");
  return { code: code ?? signal, ...said };
}

export const run = (args: readonly string[], where?: Where): Promise<Ended> => ended(start(args, where));

/** The same without a process of its own: for the many ways in which a command can end. */
export async function runHere(
  args: readonly string[],
  { env = {}, cwd = tmpdir() }: Where = {},
): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  const into = (stream: "stdout" | "stderr") =>
    new Writable({
      write(text, _encoding, done) {
        said[stream] += text;
        done();
      },
    });
  const code = await runRollcall(args, {
    version: "0.0.0",
    stdout: into("stdout"),
    stderr: into("stderr"),
    env,
    workingDirectory: cwd,
    account: "tester",
    now: Date.now,
    asked: () => Promise.resolve(),
  });
  return { code, ...said };
}

/** The first line on stdout; waits for it. */
export async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error("stdout is not piped");
  const lines = createInterface({ input: stdout });
  const [line] = await once(lines, "line");
  return String(line);
}

/** What a command has to print on stdout when it succeeds; anything on stderr or another end fails. */
export const printed = async (args: readonly string[], where?: Where): Promise<string> =>
  stdoutOf(args, await run(args, where));

/** The same, without a process of its own. */
export const printedHere = async (args: readonly string[], where?: Where): Promise<string> =>
  stdoutOf(args, await runHere(args, where));

function stdoutOf(args: readonly string[], { code, stdout, stderr }: Ended): string {
  if (code !== 0 || stderr !== "") throw new Error(`${args.join(" ")}: ${code} ${stderr}`);
  return stdout;
}

/** The lines of NDJSON. */
export const jsonLines = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
