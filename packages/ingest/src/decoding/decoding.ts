/**
 * Where bodies are decoded: small ones at once, which costs less than passing them on; everything else in the
 * decoding thread, so that no body holds up the others' requests. Within the one memory budget.
 */
import type { Lease, MemoryBudget } from "./memory-budget.ts";
import { type Task, type TaskInput, type TaskName, type TaskResult, tasks } from "./tasks.ts";
import { DecodingThread, type ThreadOptions } from "./thread.ts";

/** Bytes below which a task is small. */
const small = { encoded: 16 * 1024, decoded: 64 * 1024 } as const;

export class Decoding {
  readonly budget: MemoryBudget;
  readonly #thread: DecodingThread;

  constructor(budget: MemoryBudget, options: ThreadOptions = {}) {
    this.budget = budget;
    this.#thread = new DecodingThread(options);
  }

  /** Bodies that wait for the thread. */
  get waiting(): number {
    return this.#thread.waiting;
  }

  /**
   * Runs a task. What it may come to hold is taken from the lease when its turn has come, and given back
   * when it is done; throws `busy` where there is no room, and when the thread failed.
   */
  async run<N extends TaskName>(name: N, input: TaskInput<N>, lease: Lease): Promise<TaskResult<N>> {
    // Each task takes its own input, which no compiler follows through a table.
    const task = tasks[name] as Task<TaskInput<N>, TaskResult<N>>;
    const { encoded, decoded } = task.size(input);
    const hold = () => {
      lease.take(decoded);
      return () => lease.give(decoded);
    };
    if (encoded >= small.encoded || decoded >= small.decoded)
      return await this.#thread.run(name, input, hold);
    const letGo = hold();
    try {
      return task.run(input);
    } finally {
      letGo();
    }
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
