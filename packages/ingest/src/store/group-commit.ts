/**
 * Group commit: whatever was handed in while the last transaction ran shares the next one, and with it one fsync.
 */

export interface Job {
  /** Called when the transaction is durable, or with what undid it. */
  done(failure?: unknown): void;
}

/** Runs jobs inside one transaction that is durable when this resolves; it reports each job's own failure itself. */
export type RunTogether<Each extends Job> = (jobs: readonly Each[]) => Promise<void>;

/** A transaction that is durable. */
export interface Committed {
  /** Callers' batches that shared it. */
  readonly batches: number;
  /** How long it took, its fsync included. */
  readonly milliseconds: number;
}

/** What is seen of commits from outside. */
export interface CommitQueue {
  /** Batches that no transaction has begun with yet. */
  readonly waiting: number;
  /** Tells of each transaction from now on. */
  watch(tell: (committed: Committed) => void): void;
}

/** Jobs of one transaction at most; more wait for the next. */
const most = 1_024;

export class GroupCommit<Each extends Job> implements CommitQueue {
  readonly #together: RunTogether<Each>;
  #waiting: Each[] = [];
  #between: (() => Promise<void>)[] = [];
  #running: Promise<void> | null = null;
  #tell: (committed: Committed) => void = () => {};

  constructor(together: RunTogether<Each>) {
    this.#together = together;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  watch(tell: (committed: Committed) => void): void {
    this.#tell = tell;
  }

  add(job: Each): void {
    this.#waiting.push(job);
    this.#running ??= this.#drain();
  }

  /** Does something while no transaction is open; it rejects where `work` does. */
  between(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#between.push(() => work().then(resolve, reject));
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when everything handed in so far is settled. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#between.length > 0) {
      for (const work of this.#between.splice(0)) await work();
      // After the poll phase every request that has arrived has handed in its job.
      await new Promise<void>((resolve) => setImmediate(resolve));
      const jobs = this.#waiting.splice(0, most);
      if (jobs.length === 0) continue;
      const began = performance.now();
      try {
        await this.#together(jobs);
        this.#tell({ batches: jobs.length, milliseconds: performance.now() - began });
        for (const job of jobs) job.done();
      } catch (failure) {
        for (const job of jobs) job.done(failure);
      }
    }
    this.#running = null;
  }
}
