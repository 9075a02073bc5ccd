/** The side of the process that looks at the machine: takes one task, runs its collectors one after the other. */
import { constants, setPriority } from "node:os";
import type { AgentFacts } from "./collector.ts";
import { type AnyCollector, type Outcome, runCollector } from "./run-collector.ts";

/** What is asked for: these sections, in this order. */
export interface Task {
  readonly sections: readonly string[];
  /** The machine's root directory; null: the running system's own. */
  readonly root: string | null;
  readonly facts: AgentFacts;
}

/**
 * Waits for the one task of this process, tells `"started"`, does it at low priority, tells each outcome as it
 * comes, and lets the process end.
 */
export function serveTask(collectors: readonly AnyCollector[]): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Where the system does not allow it, the work is done as it is.
  }
  // The other side is this very program.
  process.once("message", (task: Task) => void work(collectors, task));
}

async function work(collectors: readonly AnyCollector[], { sections, root, facts }: Task): Promise<void> {
  await tell("started");
  for (const section of sections) {
    const collector = collectors.find((each) => each.section === section);
    await tell(
      collector
        ? await runCollector(collector, root, facts)
        : { section, status: "unsupported", diagnostics: [] },
    );
  }
  process.disconnect();
}

/** Waits until it is on its way, so that nothing piles up here. */
function tell(outcome: Outcome | "started"): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(outcome, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
