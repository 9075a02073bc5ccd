/** The thread's side of what is asked of it: each answer goes back under the number of its question. */
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import type { Answered, Asked } from "./asked-thread.ts";
import { packError } from "./crossed-error.ts";
import { asCallersGetIt } from "./postgres-faults.ts";

/** On Linux a priority is the thread's own (setpriority(2), "C library/kernel differences"): check-ins go first. */
const lowPriority = 10;

export function serveAsked<Ask>(answer: (ask: Ask) => unknown): void {
  if (process.platform === "linux") setPriority(0, lowPriority);
  const reply = (answered: Answered) => parentPort?.postMessage(answered);
  parentPort?.on("message", async ({ id, ask }: Asked) => {
    try {
      // Whoever started the thread asks what its module answers.
      reply({ id, answer: await answer(ask as Ask) });
    } catch (error) {
      reply({ id, failure: packError(asCallersGetIt(error)) });
    }
  });
  reply("ready");
}
