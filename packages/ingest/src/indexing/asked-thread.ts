/**
 * A thread that is asked things and answers each of them. It is begun with the first; one that ends costs whoever
 * waits for it `busy`, and the next who asks gets a new one. What it keeps is derived, so nothing is lost.
 */
import { Worker } from "node:worker_threads";
import { RollcallError } from "@rollcall/protocol";
import { type CrossedError, unpackError } from "../store/crossed-error.ts";

/** What is asked, with a number by which its answer is known. */
export interface Asked {
  readonly id: number;
  readonly ask: unknown;
}

export type Answered = { readonly id: number } & (
  | { readonly answer: unknown }
  | { readonly failure: CrossedError }
);

const comeAgainSeconds = 5;

export class AskedThread {
  readonly #module: URL;
  /** What the thread has to know from its beginning. */
  readonly #data: () => unknown;
  readonly #fault: (reason: unknown) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #worker: Worker | null = null;
  #last = 0;
  #isClosed = false;

  /** `fault` is told when the thread ends by itself. */
  constructor(module: URL, data: () => unknown, fault: (reason: unknown) => void) {
    this.#module = module;
    this.#data = data;
    this.#fault = fault;
  }

  get isRunning(): boolean {
    return this.#worker !== null;
  }

  /** Asked, and not answered yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The answer, in the form that the thread's own module gives to this question. */
  ask<Answer>(ask: unknown): Promise<Answer> {
    if (this.#isClosed) return Promise.reject(new RollcallError("stopping"));
    this.#worker ??= this.#begun();
    const id = ++this.#last;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#worker.postMessage({ id, ask } satisfies Asked);
    return waiting.promise as Promise<Answer>; // the module's own form, as it says
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    this.#worker = null;
    this.#refuse(new RollcallError("stopping"));
    await worker?.terminate();
  }

  #begun(): Worker {
    const worker = new Worker(this.#module, { workerData: this.#data(), execArgv: [] });
    // What is asked of it is waited for by those who keep the process alive.
    worker.unref();
    worker.on("message", (answered: Answered) => this.#settle(answered));
    worker.on("error", (reason) => this.#lose(worker, reason));
    worker.on("exit", (code) => this.#lose(worker, new Error(`a thread of the index ended with ${code}`)));
    return worker;
  }

  #settle(answered: Answered): void {
    const waiting = this.#waiting.get(answered.id);
    this.#waiting.delete(answered.id);
    if ("failure" in answered) waiting?.reject(unpackError(answered.failure));
    else waiting?.resolve(answered.answer);
  }

  #lose(worker: Worker, reason: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#fault(reason);
    this.#refuse(new RollcallError("busy", { retryAfterSeconds: comeAgainSeconds, cause: reason }));
  }

  #refuse(reason: unknown): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const each of waiting) each.reject(reason);
  }
}
