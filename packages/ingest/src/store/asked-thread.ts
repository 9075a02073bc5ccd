/**
 * A thread that is asked things and answers each of them. It is begun with the first; one that ends costs whoever
 * waits for it `busy`, and the next who asks gets a new one. What it keeps is derived, so nothing is lost.
 */
import { Worker } from "node:worker_threads";
import { RollcallError } from "@rollcall/protocol";
import { type CrossedError, unpackError } from "./crossed-error.ts";
import { threadLimits } from "./thread-limits.ts";

/** What is asked, with a number by which its answer is known. */
export interface Asked {
  readonly id: number;
  readonly ask: unknown;
}

export type Answered =
  /** The thread has begun; before it, time is that of its start. */
  "ready" | ({ readonly id: number } & ({ readonly answer: unknown } | { readonly failure: CrossedError }));

/** Calls `over` after so many milliseconds, unless what it gives is called before. */
export type Timer = (over: () => void, milliseconds: number) => () => void;

export const usualTimer: Timer = (over, milliseconds) => {
  const timer = setTimeout(over, milliseconds);
  return () => clearTimeout(timer);
};

interface Waiting {
  readonly answer: PromiseWithResolvers<unknown>;
  /** How long it may take; null: as long as it takes. */
  readonly milliseconds: number | null;
  stopTimer(): void;
}

const comeAgainSeconds = 5;

export class AskedThread {
  readonly #module: URL;
  /** What the thread has to know from its beginning. */
  readonly #data: () => unknown;
  readonly #fault: (reason: unknown) => void;
  readonly #timer: Timer;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #isReady = false;
  #formerEnding: Promise<void> | null = null;
  #last = 0;
  #isClosed = false;

  /** `fault` is told when the thread ends by itself. */
  constructor(module: URL, data: () => unknown, fault: (reason: unknown) => void, timer: Timer = usualTimer) {
    this.#module = module;
    this.#data = data;
    this.#fault = fault;
    this.#timer = timer;
  }

  get isRunning(): boolean {
    return this.#worker !== null;
  }

  /** Asked, and not answered yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves when one that was too slow is gone: what it does inside the engine nothing can end. null: it is. */
  get formerEnding(): Promise<void> | null {
    return this.#formerEnding;
  }

  /**
   * The answer, in the form that the thread's own module gives to this question. Where it may take so many milliseconds
   * and takes longer, the thread is ended and it rejects with `query-too-slow`; nobody else may be waiting then.
   */
  ask<Answer>(ask: unknown, milliseconds: number | null = null): Promise<Answer> {
    if (this.#isClosed) return Promise.reject(new RollcallError("stopping"));
    const worker = this.#worker ?? this.#begun();
    const id = ++this.#last;
    // What cannot be sent throws here, before anybody waits for it.
    worker.postMessage({ id, ask } satisfies Asked);
    const waiting: Waiting = { answer: Promise.withResolvers(), milliseconds, stopTimer: () => undefined };
    this.#waiting.set(id, waiting);
    worker.ref();
    if (this.#isReady) this.#time(waiting);
    return waiting.answer.promise as Promise<Answer>; // the module's own form, as it says
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#end(new RollcallError("stopping"));
    await this.#formerEnding;
  }

  #begun(): Worker {
    const worker = new Worker(this.#module, {
      workerData: this.#data(),
      execArgv: [],
      resourceLimits: threadLimits,
    });
    this.#worker = worker;
    this.#isReady = false;
    worker.on("message", (answered: Answered) => {
      // What one that was too slow still says was answered for it.
      if (this.#worker === worker) this.#hear(answered, worker);
    });
    worker.on("error", (reason) => this.#lose(worker, reason));
    worker.on("exit", (code) => this.#lose(worker, new Error(`a thread ended with ${code}`)));
    return worker;
  }

  #hear(answered: Answered, worker: Worker): void {
    if (answered === "ready") {
      this.#isReady = true;
      for (const waiting of this.#waiting.values()) this.#time(waiting);
      return;
    }
    const waiting = this.#waiting.get(answered.id);
    this.#waiting.delete(answered.id);
    waiting?.stopTimer();
    // A thread that is asked nothing keeps no process alive.
    if (this.#waiting.size === 0) worker.unref();
    if ("failure" in answered) waiting?.answer.reject(unpackError(answered.failure));
    else waiting?.answer.resolve(answered.answer);
  }

  #time(waiting: Waiting): void {
    if (waiting.milliseconds === null) return;
    const tooSlow = () => this.#end(new RollcallError("query-too-slow"));
    waiting.stopTimer = this.#timer(tooSlow, waiting.milliseconds);
  }

  #lose(worker: Worker, reason: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#fault(reason);
    this.#refuse(new RollcallError("busy", { retryAfterSeconds: comeAgainSeconds, cause: reason }));
  }

  #end(reason: RollcallError): void {
    const worker = this.#worker;
    this.#worker = null;
    if (worker) this.#formerEnding = this.#gone(worker, this.#formerEnding);
    this.#refuse(reason);
  }

  async #gone(worker: Worker, before: Promise<void> | null): Promise<void> {
    await Promise.all([before, worker.terminate()]);
    this.#formerEnding = null;
  }

  #refuse(reason: unknown): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const each of waiting) {
      each.stopTimer();
      each.answer.reject(reason);
    }
  }
}
