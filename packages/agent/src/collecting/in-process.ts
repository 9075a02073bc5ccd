/**
 * Looks at the machine in the agent's own process: no second Node has to start, which is half of what a check-in
 * costs. Whatever a collector computes is ended when it takes too long. A read that the system does not come back
 * from is not: `careful.ts` and the lock see to that.
 */
import { createContext, Script } from "node:vm";
import type { LookAround } from "./collecting.ts";
import type { Ran } from "./look.ts";
import { nothingFrom, type Outcome } from "./outcome.ts";
import { type AnyCollector, runSection } from "./run-collector.ts";

const usualLimit = 15_000;

/** `limitMilliseconds` is how long one collector may take. */
export function inProcess(
  collectors: readonly AnyCollector[],
  { limitMilliseconds = usualLimit }: { readonly limitMilliseconds?: number } = {},
): LookAround {
  return async (task) => {
    const endable = new Endable();
    const outcomes = new Map<string, Outcome>();
    const ran: Ran = new Map();
    for (const section of task.sections) {
      const run = () => runSection(collectors, section, task, ran);
      const bounded = () => endable.run(run, limitMilliseconds);
      outcomes.set(section, await withinLimit(section, bounded, limitMilliseconds));
    }
    return outcomes;
  };
}

async function withinLimit(section: string, run: () => Promise<Outcome>, limit: number): Promise<Outcome> {
  const late = nothingFrom(section, "timed-out", `took over ${limit} ms`);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<Outcome>((resolve) => {
    timer = setTimeout(resolve, limit, late);
  });
  try {
    return await Promise.race([run(), patience]);
  } catch (error) {
    if (isTimeout(error)) return late;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Not by its class, which is one of the script's own surroundings. */
const isTimeout = (error: unknown): boolean =>
  Reflect.get(Object(error), "code") === "ERR_SCRIPT_EXECUTION_TIMEOUT";

/** Computing that can be ended. Node ends scripts only, so a script calls the work. */
class Endable {
  readonly #place = { work: (): void => undefined };
  readonly #context = createContext(this.#place);
  readonly #script = new Script("work()");

  /** What the work returns; throws when it does not return in time. What it begins may go on after that. */
  run<T>(work: () => T, timeout: number): T {
    const returned: T[] = [];
    this.#place.work = () => {
      returned.push(work());
    };
    this.#script.runInContext(this.#context, { timeout });
    const [value] = returned;
    if (value === undefined) throw new Error("the work returned nothing");
    return value;
  }
}
