/** What a test asks of something that is refused: with which code and which words. */
import { type ProblemCode, RollcallError } from "../problem.ts";

export interface Refusal {
  readonly code: ProblemCode;
  readonly detail: string;
}

/** How this was refused; null when it was not. Anything but a `RollcallError` is a bug and goes on to the test. */
export function refusalOf(run: () => unknown): Refusal | null {
  try {
    run();
    return null;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    return { code: error.code, detail: error.message };
  }
}
