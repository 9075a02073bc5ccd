/** Counts what goes wrong with a check-in for section `diagnostics`, as long as its category is granted. */
import {
  type Failure,
  type FailureReason,
  type Grant,
  isGranted,
  type Status,
  sectionNamed,
} from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import { consentNow } from "../consent/left-withdrawals.ts";
import type { Instant } from "../schedule.ts";
import type { StateDirectory } from "../state/directory.ts";
import { demandInstallation } from "../state/enrolled-state.ts";
import { countFailures } from "../state/failures.ts";
import type { CheckIn } from "./check-in.ts";
import type { Collect, Found } from "./found.ts";

export class FailureCount {
  readonly #directory: StateDirectory;
  readonly #now: () => Instant;
  #noted: Failure[] = [];

  constructor(directory: StateDirectory, now: () => Instant) {
    this.#directory = directory;
    this.#now = now;
  }

  /** Remembers one until the next look is over. */
  note(failure: Failure): void {
    this.#noted.push(failure);
  }

  /** Counts what a look did not find whole; the next one tells it. */
  whileCollecting(collect: Collect): Collect {
    return async (wanted) => {
      const found = await collect(wanted);
      this.#count([...this.#noted, ...failuresIn(found)], wanted.grants);
      this.#noted = [];
      return found;
    };
  }

  /** Counts what the server refused, and an error that nobody expected. */
  async during(work: () => Promise<CheckIn>): Promise<CheckIn> {
    try {
      const done = await work();
      this.#countGranted(done.result.refused.map((of) => ({ of, reason: "refused" })));
      return done;
    } catch (error) {
      if (!(error instanceof AgentError)) this.#countGranted([{ of: "agent", reason: "crashed" }]);
      throw error;
    }
  }

  #countGranted(failures: readonly Failure[]): void {
    if (failures.length === 0) return;
    try {
      this.#count(failures, consentNow(this.#directory, demandInstallation(this.#directory)).grants);
    } catch {
      // A state that cannot be read tells so by its own error.
    }
  }

  #count(failures: readonly Failure[], grants: readonly Grant[]): void {
    const definition = sectionNamed("diagnostics");
    if (!definition || !isGranted(definition, grants)) return;
    try {
      countFailures(this.#directory, failures, this.#now());
    } catch {
      // Nothing that the agent does depends on the counts, not even on a full disk.
    }
  }
}

const reasons: Partial<Readonly<Record<Status, FailureReason>>> = {
  failed: "failed",
  "timed-out": "timed-out",
};

function failuresIn(found: Found): Failure[] {
  return [...found].flatMap(([of, { status, lost = [] }]) => {
    const reason = reasons[status];
    return [...(reason ? [reason] : []), ...lost].map((each) => ({ of, reason: each }));
  });
}
