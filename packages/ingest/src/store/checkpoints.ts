/**
 * When the write-ahead log is brought home. By default SQLite does that inside a commit, in which everybody then waits
 * for a thousand pages to be copied and synced; here a thread does the bulk, and the writer only what came meanwhile.
 */
import { once } from "node:events";
import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";

/** From this size on the log is brought home; bytes. */
const longLog = 4 * 1024 ** 2;

/** Commits between two looks at the size of the log. */
const commitsBetween = 64;

/** Pages after which the writer does it in a commit after all: the thread has not come through. */
export const lastResort = 32_768;

export class Checkpoints {
  readonly #file: string;
  /** Copies what is left, between two transactions; then the log begins anew. */
  readonly #finish: () => Promise<void>;
  #worker: Worker | null = null;
  #running: Promise<void> | null = null;
  #commits = 0;
  /** What does not want one to begin. */
  #holds = 0;

  constructor(file: string, finish: () => Promise<void>) {
    this.#file = file;
    this.#finish = finish;
  }

  /** To be told of each commit; looks at the log now and then. */
  committed(): void {
    if (++this.#commits < commitsBetween || this.#running || this.#holds > 0) return;
    this.#commits = 0;
    if ((statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0) < longLog) return;
    this.#running = this.#bringHome().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when none is under way. While `work` runs none begins. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.#holds++;
    try {
      await this.#running;
      return await work();
    } finally {
      this.#holds--;
    }
  }

  async close(): Promise<void> {
    this.#holds++;
    await this.#running;
    await this.#worker?.terminate();
  }

  async #bringHome(): Promise<void> {
    try {
      this.#worker ??= this.#begin();
      this.#worker.postMessage("checkpoint");
      await once(this.#worker, "message");
      await this.#finish();
    } catch {
      // The next time has another thread, and the writer's last resort stays.
      const worker = this.#worker;
      this.#worker = null;
      await worker?.terminate();
    }
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./checkpoint-thread.ts", import.meta.url), { workerData: this.#file });
    worker.unref();
    return worker;
  }
}
