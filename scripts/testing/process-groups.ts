// Starts the programs of a test run so that none of them, nor what they started, outlives it.
import { type ChildProcess, spawn } from "node:child_process";

/** Windows has no process groups: there the program alone is ended. */
const groups = process.platform !== "win32";

export interface Ended {
  /** 0 when all went well; undefined when a signal ended it or it never started. */
  readonly code: number | undefined;
}

export class ProcessGroups {
  readonly #root: string;
  readonly #running = new Set<ChildProcess>();

  /** @param root the folder that programs run in */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Runs a script on this same Node, with its output handed over as it comes.
   *
   * @param onError gets stderr; without it, stderr is the terminal's
   */
  run(args: readonly string[], onOutput: (text: string) => void, onError?: typeof onOutput): Promise<Ended> {
    const child = spawn(process.execPath, args, {
      cwd: this.#root,
      detached: groups,
      stdio: ["ignore", "pipe", onError === undefined ? "inherit" : "pipe"],
    });
    this.#running.add(child);
    child.stdout?.setEncoding("utf8").on("data", onOutput);
    if (onError !== undefined) child.stderr?.setEncoding("utf8").on("data", onError);
    // A survivor would keep our pipes open, and "close" would never come.
    child.on("exit", () => this.#end(child, "SIGKILL"));
    const { promise, resolve } = Promise.withResolvers<Ended>();
    child.on("error", (error) => {
      onOutput(`${error.message}\n`);
      resolve({ code: undefined });
    });
    child.on("close", (code) => {
      this.#running.delete(child);
      resolve({ code: code ?? undefined });
    });
    return promise;
  }

  endAll(signal: NodeJS.Signals): void {
    for (const child of this.#running) this.#end(child, signal);
  }

  #end(child: ChildProcess, signal: NodeJS.Signals): void {
    if (child.pid === undefined) return;
    try {
      if (groups) process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch {
      // Nobody of the group is left.
    }
  }
}
