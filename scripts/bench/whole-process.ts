/** Runs a program to its end and tells what it cost, its children included, as seen from outside. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import type { Surroundings } from "./bench.ts";
import { residentBytesOfTree } from "./process-figures.ts";

export interface Cost {
  /** User and system time of the process and of all its children that it waited for. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** The most memory that it and its children were seen to have resident; undefined where nothing tells it. */
  readonly peakBytes: number | undefined;
  readonly stdout: string;
}

/**
 * Node tells the processor time of its own process only; a shell tells its children's with `times` (POSIX). bash
 * counts in milliseconds, others in hundredths of a second.
 */
const shell = ["/bin/bash", "/usr/bin/bash"].find((path) => existsSync(path)) ?? "/bin/sh";

/** Says on descriptor 3 the number of the process and, in the end, `times`. */
const script = `"$@" 3>&- & echo "$!" >&3; wait "$!"; code=$?; times >&3; exit "$code"`;

/** How often the memory is looked at, milliseconds. */
const lookEvery = 5;

/** Throws when the program ends with anything but 0; `mayFail`: unless it has printed something all the same. */
export async function costOf(
  { atEnd }: Pick<Surroundings, "atEnd">,
  command: readonly string[],
  { mayFail = false } = {},
): Promise<Cost> {
  const began = performance.now();
  const child = spawn(shell, ["-c", script, "sh", ...command], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    // A locale with another decimal point would change what `times` says.
    env: { ...process.env, LC_ALL: "C" },
    detached: true,
  });
  let running = true;
  atEnd(() => {
    if (running && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  });
  const [stdout, stderr, told] = [child.stdio[1], child.stdio[2], child.stdio[3]].map(textOf);
  let peakBytes: number | undefined;
  const timer = setInterval(() => {
    const pid = Number.parseInt(told?.() ?? "", 10);
    const resident = pid > 0 ? residentBytesOfTree(pid) : undefined;
    if (resident !== undefined) peakBytes = Math.max(peakBytes ?? 0, resident);
  }, lookEvery);
  try {
    const [code] = await once(child, "close");
    if (code !== 0 && !(mayFail && stdout?.() !== ""))
      throw new Error(`${command.join(" ")} ended with ${code}: ${stderr?.().slice(-1_000)}`);
  } finally {
    running = false;
    clearInterval(timer);
  }
  const wallSeconds = (performance.now() - began) / 1_000;
  return { cpuSeconds: childrenOf(told?.() ?? ""), wallSeconds, peakBytes, stdout: stdout?.() ?? "" };
}

/** What a stream has said so far. */
function textOf(stream: unknown): () => string {
  let text = "";
  // Every descriptor of the child that is a pipe to us is a readable stream.
  (stream as Readable).setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  return () => text;
}

/** Seconds of user and system time of the children: the second line of `times`, such as `0m0.123s 0m0.045s`. */
function childrenOf(told: string): number {
  const times = [...told.matchAll(/(\d+)m(\d+\.\d+)s/g)].map(([, minutes, seconds]) => {
    return Number(minutes) * 60 + Number(seconds);
  });
  const [, , user, system] = times;
  if (user === undefined || system === undefined) throw new Error(`${shell} told no times, but: ${told}`);
  return user + system;
}
