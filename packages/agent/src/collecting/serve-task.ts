/** The side of the process that looks at the machine: takes one task, runs its collectors one after the other. */

import type { Ran } from "./look.ts";
import { nothingFrom, type Outcome } from "./outcome.ts";
import { becomePerson } from "./person.ts";
import { lowerPriority } from "./priority.ts";
import { type AnyCollector, runSection, type Task } from "./run-collector.ts";

/**
 * Waits for the one task of this process, tells `"started"`, does it at low priority, tells each outcome as it
 * comes, and lets the process end.
 */
export function serveTask(collectors: readonly AnyCollector[]): void {
  lowerPriority();
  // The other side is this very program.
  process.once("message", (task: Task) => void work(collectors, task));
}

async function work(collectors: readonly AnyCollector[], task: Task): Promise<void> {
  await tell("started");
  const refused = task.home && becomePerson(task.home);
  const ran: Ran = new Map();
  for (const section of task.sections)
    await tell(
      refused ? nothingFrom(section, "denied", refused) : await runSection(collectors, section, task, ran),
    );
  process.disconnect();
}

/** Waits until it is on its way, so that nothing piles up here. */
function tell(outcome: Outcome | "started"): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(outcome, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
