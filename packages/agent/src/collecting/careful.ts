/**
 * Looks at the machine in the way that costs less, as long as that comes back. While it looks a mark stands in the
 * state; one that is found there was left by a process that crashed over it, hung or was killed. Then the other way
 * is taken, which bounds everything, until all goes well again.
 */
import type { LookAround } from "./collecting.ts";

export interface Mark {
  isThere(): boolean;
  /** Whether who left it never came back from looking. */
  isAbandoned(): boolean;
  leave(): void;
  /** It stays, but who left it came back. */
  settle(): void;
  remove(): void;
}

export function careful(
  mark: Mark,
  ways: { readonly cheap: LookAround; readonly bounded: LookAround },
  onAbandoned: () => void = () => undefined,
): LookAround {
  return async (task) => {
    if (mark.isAbandoned()) onAbandoned();
    const outcomes = mark.isThere() ? await ways.bounded(task) : await marked(mark, () => ways.cheap(task));
    if ([...outcomes.values()].every(({ status }) => !wentWrong.has(status))) mark.remove();
    else mark.settle();
    return outcomes;
  };
}

const wentWrong: ReadonlySet<string> = new Set(["failed", "timed-out"]);

async function marked<T>(mark: Mark, work: () => Promise<T>): Promise<T> {
  mark.leave();
  return work();
}

/** The way that bounds everything, loaded when it is taken. */
export function boundedly(signal?: AbortSignal): LookAround {
  return async (task) => {
    const { inChild } = await import("./in-child.ts");
    return inChild({ signal })(task);
  };
}
