/** The two programs as real processes, on a temporary directory that goes with the test. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Test } from "tap";

export const root = join(import.meta.dirname, "..");
const programs = {
  rollcall: join(root, "packages/ingest/bin/rollcall.mjs"),
  "rollcall-agent": join(root, "packages/agent/bin/rollcall-agent.mjs"),
} as const;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Begins one of the programs. */
export function begin(
  program: keyof typeof programs,
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcess {
  return spawn(process.execPath, [programs[program], ...args], options);
}

/** Begins one of the programs with files that may not grow beyond so many bytes (RLIMIT_FSIZE): a disk that is full. */
export function beginLimited(
  program: keyof typeof programs,
  args: readonly string[],
  { fileBytes, ...options }: SpawnOptions & { readonly fileBytes: number },
): ChildProcess {
  // POSIX counts in blocks of 512 bytes. What the test runner preloads into every process ends it at SIGXFSZ, which
  // Node by itself ignores; a disk that is full sends none.
  const script = `unset NODE_OPTIONS; ulimit -f ${Math.ceil(fileBytes / 512)}; exec "$0" "$@"`;
  return spawn("/bin/sh", ["-c", script, process.execPath, programs[program], ...args], options);
}

/** What it had to say and how it ended. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  const [code, signal] = await once(child, "close");
  return { code, signal, ...said };
}

/** A server with its own directory, and agents for it. */
export class House {
  readonly folder = mkdtempSync(join(tmpdir(), "rollcall-"));
  readonly data = join(this.folder, "data");
  #server: ChildProcess | null = null;
  #url = "";

  readonly #flags: readonly string[];

  private constructor(flags: readonly string[]) {
    this.#flags = flags;
  }

  /** With these flags of `serve` beside the usual ones. */
  static async of(t: Test, flags: readonly string[] = []): Promise<House> {
    const house = new House(flags);
    t.teardown(async () => {
      await house.end("SIGKILL");
      rmSync(house.folder, { recursive: true, force: true });
    });
    await house.start();
    return house;
  }

  /** `http://127.0.0.1:PORT` of the server that runs. */
  get url(): string {
    return this.#url;
  }

  /** Starts the server and waits until it listens; with files that may not grow beyond so many bytes, it is silent. */
  async start(fileBytes?: number): Promise<void> {
    const args = ["serve", "--data", this.data, "--listen", "127.0.0.1:0", "--json", ...this.#flags];
    const child =
      fileBytes === undefined
        ? begin("rollcall", args, { stdio: ["ignore", "pipe", "inherit"] })
        : beginLimited("rollcall", args, { stdio: ["ignore", "pipe", "ignore"], fileBytes });
    if (!child.stdout) throw new Error("the server's output is not piped");
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      once(child, "close").then(() => [null]),
    ]);
    if (typeof line !== "string") throw new Error("the server ended instead of listening");
    this.#url = String(Reflect.get(Object(JSON.parse(line)), "url"));
    this.#server = child;
  }

  /** Ends the server, if it runs, and waits for its end. */
  async end(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<number | null> {
    const child = this.#server;
    this.#server = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const end = once(child, "close");
    child.kill(signal);
    const [code] = await end;
    return code;
  }

  rollcall(...args: string[]): Promise<Ended> {
    return ended(begin("rollcall", [...args, "--data", this.data]));
  }

  /** What a command answers under `--json`; a list of its lines where there are several. */
  async asked(...args: string[]): Promise<unknown[]> {
    const { code, stdout, stderr } = await this.rollcall(...args, "--json");
    if (code !== 0) throw new Error(`rollcall ${args.join(" ")} ended with ${code}: ${stderr}`);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  /** A new enrolment string. */
  async enrolment(...flags: string[]): Promise<string> {
    const [made] = await this.asked("enrolment-token", "create", "--local", ...flags);
    return String(Reflect.get(Object(made), "enrolment"));
  }

  /** An agent with a state directory of its own. */
  agent(name: string) {
    const state = join(this.folder, name);
    const run = (...args: string[]) => ended(begin("rollcall-agent", [...args, "--state", state]));
    return {
      state,
      run,
      /** What it says goes nowhere. */
      begin: (...args: string[]) => begin("rollcall-agent", [...args, "--state", state], { stdio: "ignore" }),
      async json(...args: string[]): Promise<Record<string, unknown>> {
        const { code, stdout, stderr } = await run(...args, "--json");
        if (code !== 0) throw new Error(`rollcall-agent ${args.join(" ")} ended with ${code}: ${stderr}`);
        return JSON.parse(stdout);
      },
    };
  }
}
