/** Commands that do something leave a line in the agent's log, however they end. */
import { isAgentError } from "../agent-error.ts";
import { StateDirectory } from "../state/directory.ts";
import { appendLog } from "../state/log.ts";
import type { Context } from "./context.ts";

type Recording = Pick<Context, "stateDirectory" | "now"> & {
  readonly output: Pick<Context["output"], "note">;
};

/** Does the work and records what came of it, in the words of `outcomeOf`; null is nothing worth a line. */
export async function recorded<T>(
  context: Recording,
  did: string,
  work: () => T | Promise<T>,
  outcomeOf: (result: T) => string | null,
): Promise<T> {
  try {
    const result = await work();
    const outcome = outcomeOf(result);
    if (outcome !== null) record(context, did, outcome);
    return result;
  } catch (error) {
    // What was not even tried is no deed.
    if (!isAgentError(error, "usage", "not-enrolled", "not-yet"))
      record(context, did, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

function record({ stateDirectory, now, output }: Recording, did: string, outcome: string): void {
  try {
    appendLog(new StateDirectory(stateDirectory), { at: new Date(now()).toISOString(), did, outcome });
  } catch (error) {
    output.note(`the log cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
