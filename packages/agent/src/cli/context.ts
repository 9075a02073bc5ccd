/** What a command of `rollcall-agent` works with; made once by `main.ts`, the only file that reads `process`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Output } from "@rollcall/host";
import type { NoticePlaces } from "../notices/places.ts";
import type { Instant, Random } from "../schedule.ts";

export interface Context {
  readonly output: Output;
  /** One line on stderr that names the state directory. */
  readonly tellError: (message: string) => void;
  readonly stateDirectory: string;
  /** Another machine's file tree to look at; null for this machine. */
  readonly rootfs: string | null;
  readonly platform: NodeJS.Platform;
  /** The kernel's release. */
  readonly osVersion: string;
  readonly agentVersion: string;
  /** The OS account that runs the command. */
  readonly account: () => string;
  /** Whether a person sits at both ends: terminal in, terminal out. */
  readonly interactive: boolean;
  readonly now: () => Instant;
  readonly random: Random;
  /** Seconds of processor since this was last asked, or since the process began. */
  readonly cpuSeconds: () => number;
  /** The whole of standard input, up to a bound. */
  readonly readInput: () => Promise<string>;
  /** The next line of standard input, empty at its end. */
  readonly readLine: () => Promise<string>;
  /** Where this machine's people are told of what is enrolled in this state directory; null where that is not its own. */
  readonly noticesOf: (stateDirectory: string) => NoticePlaces | "usual" | null;
  /** From now on SIGINT and SIGTERM abort this instead of ending the process. */
  readonly catchSignals: () => AbortSignal;
}

interface Places {
  /** `--state`, when it was given. */
  readonly state: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

/** That of an agent which is installed for everybody on the machine. */
export const usualDirectory = "/var/lib/rollcall-agent";

/** Flag, environment, `./data/agent` if there, else the usual place. */
export function stateDirectoryIn({ state, env, workingDirectory }: Places): string {
  const named = state ?? env.ROLLCALL_AGENT_STATE;
  if (named !== undefined && named !== "") return named;
  const here = join(workingDirectory, "data", "agent");
  return existsSync(here) ? here : usualDirectory;
}
