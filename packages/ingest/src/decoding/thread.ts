/**
 * The server's side of the decoding thread. It is started with the first task; one that crashes it or does not come
 * to an end costs its own request and a new thread, nothing else.
 */
import { Worker } from "node:worker_threads";
import { RollcallError } from "@rollcall/protocol";
import type { TaskInput, TaskName, TaskResult } from "./tasks.ts";
import type { TaskAnswer, TaskMessage } from "./worker.ts";

interface Job {
  readonly message: TaskMessage;
  /** Called when its turn has come. */
  readonly begin: () => void;
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
  #running: Job | null = null;
  #closed = false;

  constructor(options: ThreadOptions = {}) {
    this.#options = { ...usual, ...options };
  }

  /** Runs a task when those before it are done. `begin` is called before it starts. */
  run<N extends TaskName>(
    name: N,
    input: TaskInput<N>,
    begin: () => void = () => {},
  ): Promise<TaskResult<N>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new RollcallError("stopping"));
      const done = (answer: TaskAnswer) => {
        if ("problem" in answer) reject(new RollcallError(answer.problem.code, answer.problem));
        // The thread answers each task with that task's own result.
        else resolve(answer.result as TaskResult<N>);
      };
      this.#waiting.push({ message: { name, input }, begin, done, failed: reject });
      this.#next();
    });
  }

  /** Ends the thread; what still waits is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.failed(new RollcallError("stopping"));
    this.#running?.failed(new RollcallError("stopping"));
    this.#running = null;
    await this.#worker?.terminate();
  }

  #next(): void {
    if (this.#running || this.#closed) return;
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift())
      if (hasBegun(job)) {
        this.#start(job);
        return;
      }
  }

  #start(job: Job): void {
    this.#worker ??= this.#newWorker();
    const worker = this.#worker;
    this.#running = job;
    const stuck = setTimeout(
      () => this.#lose(worker, new Error(`${job.message.name} did not end in time`)),
      this.#options.milliseconds,
    );
    worker.once("message", (answer: TaskAnswer) => {
      clearTimeout(stuck);
      if (this.#running !== job) return;
      this.#running = null;
      job.done(answer);
      this.#next();
    });
    worker.postMessage(job.message);
  }

  #newWorker(): Worker {
    const { module } = this.#options;
    const worker = new Worker(module, { resourceLimits: { maxOldGenerationSizeMb: mostHeap } });
    // While nothing is asked of it, it keeps no process alive.
    worker.unref();
    worker.on("error", (cause) => this.#lose(worker, cause));
    worker.on("exit", () => this.#lose(worker, new Error("the decoding thread ended")));
    return worker;
  }

  /** A thread that is of no use any more; whoever it worked for may come again. */
  #lose(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    void worker.terminate();
    const job = this.#running;
    this.#running = null;
    job?.failed(new RollcallError("busy", { retryAfterSeconds: comeAgainSeconds, cause }));
    this.#next();
  }
}

/** What its beginning throws is the job's end. */
function hasBegun({ begin, failed }: Job): boolean {
  try {
    begin();
    return true;
  } catch (error) {
    failed(error);
    return false;
  }
}
