/** `rollcall-agent run`: stays, and checks in when it is due. What a check-in needs is loaded only then. */
import { setTimeout as sleep } from "node:timers/promises";
import { type ExitCode, exitCodes } from "@rollcall/host";
import { isAgentError } from "../agent-error.ts";
import { afterSilence, isDue, type Milliseconds } from "../schedule.ts";
import { describe } from "./check-in-words.ts";
import type { Context } from "./context.ts";

/** A timer stands still while the machine sleeps: the clock is asked again at least this often. */
const longestNap: Milliseconds = 60_000;

export async function runCommand(context: Context): Promise<ExitCode> {
  const { now, random, output } = context;
  const signal = AbortSignal.any([context.catchSignals(), output.readerGone]);
  const { readSchedule } = await import("../state/read-schedule.ts");
  let schedule = readSchedule(context);
  output.note(`${context.stateDirectory}: checking in every ${schedule.intervalSeconds} seconds`);
  while (!signal.aborted) {
    if (!isDue(schedule, now())) {
      const nap = Math.min(schedule.nextAt - now(), longestNap);
      await sleep(Math.max(nap, 1), undefined, { signal }).catch(() => undefined);
      continue;
    }
    const before = schedule;
    schedule = readSchedule(context);
    if (!isDue(schedule, now())) continue;
    const done = await checkInWhenDue(context, signal);
    // In memory only: somebody else works on the state, or this process is about to end.
    schedule = done ? readSchedule(context) : afterSilence(before, { now: now(), random });
  }
  return exitCodes.done;
}

/** Whether there was a check-in to plan the next one from. Throws what staying would not mend. */
async function checkInWhenDue(context: Context, signal: AbortSignal): Promise<boolean> {
  const { output, now, tellError } = context;
  const log = (text: string) => output.line(`${new Date(now()).toISOString()} ${text}`);
  try {
    const { callRoll } = await import("./call-roll.ts");
    const done = await callRoll(context, { ifDue: true, signal });
    output.json({ at: new Date(now()).toISOString(), ...done.result });
    log(done.reason === undefined ? describe(done) : `${describe(done)}: ${done.reason}`);
    return true;
  } catch (error) {
    if (isAgentError(error, "stopped") || signal.aborted) return false;
    // A full disk and the like pass; what staying would not mend does not.
    const passing = ["refused", "receipt-invalid", "state-locked", "failed", "withdrawn"] as const;
    if (!isAgentError(error, ...passing)) throw error;
    tellError(error.message);
    return isAgentError(error, "refused", "receipt-invalid");
  }
}
