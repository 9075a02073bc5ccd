/** `rollcall-agent log`: what the agent did on this device, in its own words; `--follow` stays for what comes. */
import { setTimeout as sleep } from "node:timers/promises";
import { type ExitCode, exitCodes } from "@rollcall/host";
import type { Milliseconds } from "../schedule.ts";
import { StateDirectory } from "../state/directory.ts";
import { type LogEntry, readLog } from "../state/log.ts";
import type { Context } from "./context.ts";

const nap: Milliseconds = 500;

export async function logCommand(context: Context, follow: boolean): Promise<ExitCode> {
  const { output, stateDirectory } = context;
  const directory = new StateDirectory(stateDirectory);
  let told = readLog(directory);
  tell(context, told);
  if (told.length === 0) output.note(`nothing was done yet that is logged in ${stateDirectory}`);
  if (!follow) return exitCodes.done;
  const signal = AbortSignal.any([context.catchSignals(), output.readerGone]);
  while (!signal.aborted) {
    await sleep(nap, undefined, { signal }).catch(() => undefined);
    const entries = readLog(directory);
    tell(context, entries.slice(toldOf(entries, told)));
    told = entries;
  }
  return exitCodes.done;
}

/** How many of the entries were told already: up to the last one that was; none where that is not among them. */
function toldOf(entries: readonly LogEntry[], told: readonly LogEntry[]): number {
  const last = JSON.stringify(told.at(-1));
  // The file only grows, but for its older half that goes at once: then the last one stands further up.
  if (JSON.stringify(entries[told.length - 1]) === last) return told.length;
  return entries.findLastIndex((entry) => JSON.stringify(entry) === last) + 1;
}

function tell({ output }: Context, entries: readonly LogEntry[]): void {
  for (const { at, did, outcome } of entries) {
    output.json({ at, did, outcome });
    output.line(output.colour.dim(at), `  ${did}: ${outcome}`);
  }
}
