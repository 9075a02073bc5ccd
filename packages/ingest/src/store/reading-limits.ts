/** How long a question may take, and how many may wait for their turn: the same for the index and for the store. */
import { RollcallError } from "@rollcall/protocol";

export interface ReadingLimits {
  readonly milliseconds: number;
  readonly mostWaiting: number;
}

/** Throws `busy` where as many wait as may. */
export function refuseCrowd(waiting: number, { mostWaiting }: ReadingLimits): void {
  if (waiting < mostWaiting) return;
  throw new RollcallError("busy", {
    detail: `${waiting} questions wait for their turn.`,
    retryAfterSeconds: 1,
  });
}
