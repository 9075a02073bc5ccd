/** The decoding thread: one task at a time, its result or its problem back. What is no problem ends the thread. */
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { RollcallError } from "@rollcall/protocol";
import { type TaskName, tasks } from "./tasks.ts";

/** A task as it is sent to the thread. */
export interface TaskMessage {
  readonly name: TaskName;
  readonly input: unknown;
}

/** What comes back. */
export type TaskAnswer =
  | { readonly result: unknown }
  | { readonly problem: Pick<RollcallError, "code"> & Pick<RollcallError["facts"], "detail" | "errors"> };

function answer({ name, input }: TaskMessage): TaskAnswer {
  // The other end is ours and gives each task its own input.
  const run = tasks[name].run as (input: unknown) => unknown;
  try {
    return { result: run(input) };
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    const { code, facts } = error;
    const { detail, errors } = facts;
    return {
      problem: {
        code,
        ...(detail === undefined ? {} : { detail }),
        ...(errors === undefined ? {} : { errors }),
      },
    };
  }
}

// On Linux this is the thread's own (setpriority(2), "C library/kernel differences"): check-ins go first.
const lowPriority = 10;
if (process.platform === "linux") setPriority(0, lowPriority);

parentPort?.on("message", (message: TaskMessage) => parentPort?.postMessage(answer(message)));
