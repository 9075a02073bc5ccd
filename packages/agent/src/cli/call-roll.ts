/** One check-in with what a command has at hand; for `check-in` and `run`. */
import { type CheckIn, checkIn } from "../check-in/check-in.ts";
import { collecting } from "../collecting/collecting.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation } from "../state/enrolled-state.ts";
import type { Context } from "./context.ts";

export async function callRoll(
  context: Context,
  { ifDue, signal }: { readonly ifDue: boolean; readonly signal?: AbortSignal },
): Promise<CheckIn> {
  const { stateDirectory, now, random, cpuSeconds, agentVersion, output } = context;
  const directory = new StateDirectory(stateDirectory);
  const { server, applications } = demandInstallation(directory);
  return checkIn({
    directory,
    collect: collecting({ ...context, server, applications }, { signal }),
    now,
    random,
    cpuSeconds,
    agentVersion,
    note: output.note,
    ifDue,
    signal,
  });
}
