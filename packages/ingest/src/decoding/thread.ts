/**
 * The server's side of the decoding thread. It is started with the first task; one that crashes it or does not come
 * to an end costs its own request and a new thread, nothing else.
 */
import { Worker } from "node:worker_threads";
import { RollcallError } from "@rollcall/protocol";
import { threadLimits } from "../store/thread-limits.ts";
import type { TaskInput, TaskName, TaskResult } from "./tasks.ts";
import type { TaskAnswer, TaskMessage } from "./worker.ts";

/** Called when a task's turn has come, takes what it needs; what it gives back is called when the task is over. */
export type Hold = () => () => void;

interface Job {
  readonly message: TaskMessage;
  readonly hold: Hold;
  readonly done: (answer: TaskAnswer) => void;
  readonly failed: (reason: unknown) => void;
}

export interface ThreadOptions {
  /** The module that the thread runs; another one in tests. */
  readonly module?: URL;
  /** How long a task may take. */
  readonly milliseconds?: number;
}

const usual = { module: new URL("./worker.ts", import.meta.url), milliseconds: 60_000 } as const;

/** Heap of the thread, in MiB: what the largest body that is allowed needs, several times. */
const mostHeap = 2_048;

const comeAgainSeconds = 60;

export class DecodingThread {
  readonly #options: Required<ThreadOptions>;
  readonly #waiting: Job[] = [];
  #worker: Worker | null = null;
  #isOnline = false;
  #running: Job | null = null;
  #stuck: NodeJS.Timeout | undefined;
  #letGo = () => {};
  #closed = false;

  constructor(options: ThreadOptions = {}) {
    this.#options = { ...usual, ...options };
  }

  /** Tasks whose turn has not come. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs a task when those before it are done. Rejects with what `hold` throws. */
  run<N extends TaskName>(name: N, input: TaskInput<N>, hold: Hold = () => () => {}): Promise<TaskResult<N>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new RollcallError("stopping"));
      const done = (answer: TaskAnswer) => {
        if ("problem" in answer) reject(new RollcallError(answer.problem.code, answer.problem));
        // The thread answers each task with that task's own result.
        else resolve(answer.result as TaskResult<N>);
      };
      this.#waiting.push({ message: { name, input }, hold, done, failed: reject });
      this.#next();
    });
  }

  /** Ends the thread; what still waits is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.failed(new RollcallError("stopping"));
    this.#finish((job) => job.failed(new RollcallError("stopping")));
    await this.#worker?.terminate();
  }

  #next(): void {
    if (this.#running || this.#closed) return;
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) if (this.#hasBegun(job)) return;
  }

  #hasBegun(job: Job): boolean {
    try {
      this.#letGo = job.hold();
    } catch (error) {
      job.failed(error);
      return false;
    }
    this.#start(job);
    return true;
  }

  #start(job: Job): void {
    this.#worker ??= this.#newWorker();
    const worker = this.#worker;
    this.#running = job;
    if (this.#isOnline) this.#watch(worker, job);
    worker.postMessage(job.message);
  }

  /** The time that a thread takes to start is not its task's. */
  #watch(worker: Worker, { message }: Job): void {
    const late = () => this.#lose(worker, new Error(`${message.name} did not end in time`));
    this.#stuck = setTimeout(late, this.#options.milliseconds);
  }

  #newWorker(): Worker {
    const { module } = this.#options;
    const worker = new Worker(module, {
      resourceLimits: { ...threadLimits, maxOldGenerationSizeMb: mostHeap },
    });
    // While nothing is asked of it, it keeps no process alive.
    worker.unref();
    this.#isOnline = false;
    worker.once("online", () => {
      if (this.#worker !== worker) return;
      this.#isOnline = true;
      if (this.#running) this.#watch(worker, this.#running);
    });
    worker.on("message", (answer: TaskAnswer) => {
      if (this.#worker === worker) this.#finish((job) => job.done(answer));
    });
    worker.on("error", (cause) => this.#lose(worker, cause));
    worker.on("exit", () => this.#lose(worker, new Error("the decoding thread ended")));
    return worker;
  }

  /** A thread that is of no use any more; whoever it worked for may come again. */
  #lose(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    void worker.terminate();
    const lost = new RollcallError("busy", { retryAfterSeconds: comeAgainSeconds, cause });
    this.#finish((job) => job.failed(lost));
  }

  /** Ends the running job, if there is one, and begins the next. */
  #finish(end: (job: Job) => void): void {
    clearTimeout(this.#stuck);
    const job = this.#running;
    this.#running = null;
    this.#letGo();
    this.#letGo = () => {};
    if (job) end(job);
    this.#next();
  }
}
