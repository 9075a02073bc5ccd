/** The agent's command line without a process of its own: for the many ways in which a command can end. */
import { Writable } from "node:stream";
import { runCommandLine } from "../packages/agent/src/cli/command-line.ts";
import type { NoticePlaces } from "../packages/agent/src/notices/places.ts";
import { createOutput } from "../packages/host/src/index.ts";

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a person types when asked; nobody is there without it. */
export interface Typing {
  readonly answer?: string;
  /** Where the machine's people are told; nowhere, unless it is said. */
  readonly notices?: NoticePlaces;
}

/** Runs `rollcall-agent ARGS` on this state directory. */
export async function agentHere(
  state: string,
  args: readonly string[],
  { answer, notices }: Typing = {},
): Promise<Said> {
  const said = { stdout: "", stderr: "" };
  const into = (stream: "stdout" | "stderr") =>
    new Writable({
      write(text, _encoding, done) {
        said[stream] += text;
        done();
      },
    });
  const output = createOutput({
    stdout: into("stdout"),
    stderr: into("stderr"),
    env: {},
    json: args.includes("--json"),
    quiet: false,
  });
  const code = await runCommandLine(["node", "rollcall-agent", ...args, "--state", state], {
    output,
    env: {},
    workingDirectory: () => state,
    platform: process.platform,
    osVersion: "6.1",
    agentVersion: "0.1.0",
    account: () => "ada",
    interactive: answer !== undefined,
    now: Date.now,
    random: Math.random,
    cpuSeconds: () => 0,
    readInput: async () => "",
    readLine: async () => answer ?? "",
    noticesOf: () => notices ?? null,
    catchSignals: () => new AbortController().signal,
  });
  return { code, ...said };
}
