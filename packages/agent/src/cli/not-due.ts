/**
 * A check-in that is not due, decided from two small files, with neither schemas nor the command tree loaded: on
 * most devices a timer asks far more often than anything is due.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExitCode, Output } from "@rollcall/host";
import { exitCodes } from "@rollcall/host/exit-codes";
import { clampInterval, type Instant, isDue, type Schedule } from "../schedule.ts";

/**
 * The state directory of a plain `check-in --if-due`, as far as the arguments name one. Null for any other command
 * line, and for one that has to be looked at more closely: the command tree decides what it means.
 */
export function readCheckInIfDue(args: readonly string[]): { readonly state: string | undefined } | null {
  let state: string | undefined;
  const seen = new Set<string>();
  const left = [...args];
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    const name = arg.startsWith("--state=") ? "--state" : arg;
    if (!plainWords.has(name) || seen.has(name)) return null;
    seen.add(name);
    if (name !== "--state") continue;
    state = arg === name ? left.shift() : arg.slice("--state=".length);
    if (state === undefined || state === "" || state.startsWith("-")) return null;
  }
  return seen.has("check-in") && seen.has("--if-due") ? { state } : null;
}

const plainWords: ReadonlySet<string> = new Set(["check-in", "--if-due", "--json", "--state"]);

/**
 * The interval when the schedule plainly says that nothing is due, else null: then the state is read, and
 * checked, with everything that this takes.
 */
export function intervalUnlessDue(stateDirectory: string, now: Instant): number | null {
  try {
    if (!existsSync(join(stateDirectory, "installation.json"))) return null;
    // Only these members are looked at, and each of them is checked here.
    const schedule: Partial<Record<keyof Schedule, unknown>> = JSON.parse(
      readFileSync(join(stateDirectory, "schedule.json"), "utf8"),
    );
    const { intervalSeconds, plannedAt, nextAt } = schedule;
    if (typeof plannedAt !== "number" || typeof nextAt !== "number" || typeof intervalSeconds !== "number")
      return null;
    return isDue({ plannedAt, nextAt }, now) ? null : clampInterval(intervalSeconds);
  } catch {
    return null;
  }
}

export function tellNotDue(output: Output, intervalSeconds: number): ExitCode {
  const nothing = { sent: [], refused: [], bytesSent: 0, bytesReceived: 0 };
  output.json({ outcome: "not-due", intervalSeconds, ...nothing });
  output.line("not due");
  return exitCodes.done;
}
