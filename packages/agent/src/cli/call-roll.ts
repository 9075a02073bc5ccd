/** One check-in with what a command has at hand; for `check-in` and `run`. */
import { type CheckIn, checkIn } from "../check-in/check-in.ts";
import { FailureCount } from "../check-in/failure-count.ts";
import { boundedly, careful } from "../collecting/careful.ts";
import { collecting, type LookAround } from "../collecting/collecting.ts";
import { withHomes } from "../collecting/in-homes.ts";
import { inProcess } from "../collecting/in-process.ts";
import { lowerPriority } from "../collecting/priority.ts";
import { whereaboutsIn } from "../location/whereabouts.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation } from "../state/enrolled-state.ts";
import { readFailures } from "../state/failures.ts";
import { unlinkedFile } from "../state/files.ts";
import { lookingMark } from "../state/looking-mark.ts";
import { describe } from "./check-in-words.ts";
import type { Context } from "./context.ts";
import { recorded } from "./recorded.ts";

export async function callRoll(
  context: Context,
  { ifDue, signal }: { readonly ifDue: boolean; readonly signal?: AbortSignal },
): Promise<CheckIn> {
  const { stateDirectory, now, random, cpuSeconds, agentVersion, output } = context;
  const directory = new StateDirectory(stateDirectory);
  const { server, applications } = demandInstallation(directory);
  const failures = new FailureCount(directory, now);
  const lookAround = signal === undefined ? await onceHere(context, directory, failures) : boundedly(signal);
  const isUnlinked = directory.read(unlinkedFile) !== undefined;
  const whereabouts = whereaboutsIn(directory, { now, keeps: true });
  const counted = () => readFailures(directory);
  const around = { ...context, server, applications, isUnlinked, whereabouts, failures: counted };
  const collect = failures.whileCollecting(collecting(around, withHomes(lookAround, { signal })));
  const { note } = output;
  const os = { type: context.platform, version: context.osVersion };
  const options = { directory, collect, now, random, cpuSeconds, agentVersion, os, note, ifDue, signal };
  return recorded(context, "check-in", () => failures.during(() => checkIn(options)), inLog);
}

/**
 * For a process that ends with its check-in. One that stays is not to hang with what it looks at; nor is any with
 * another machine's tree, which may lie on a third one.
 */
async function onceHere(
  { rootfs }: Context,
  directory: StateDirectory,
  failures: FailureCount,
): Promise<LookAround> {
  if (rootfs !== null) return boundedly();
  const { collectors } = await import("../collectors/index.generated.ts");
  lowerPriority();
  const ways = { cheap: inProcess(collectors), bounded: boundedly() };
  return careful(lookingMark(directory), ways, () =>
    failures.note({ of: "agent", reason: "ended-while-looking" }),
  );
}

/** One that was not due did nothing. */
function inLog(done: CheckIn): string | null {
  if (done.result.outcome === "not-due") return null;
  return done.reason === undefined ? describe(done) : `${describe(done)}: ${done.reason}`;
}
