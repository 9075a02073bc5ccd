/**
 * Reads beside the event loop: in threads with connections of their own, one read at a time in each. One that takes
 * longer than it may is ended with its thread, which goes once the engine lets go of it; until then its place is taken,
 * so that there are never more threads than these.
 */
import { RollcallError } from "@rollcall/protocol";
import { AskedThread, type Timer, usualTimer } from "./asked-thread.ts";
import type { CurrentBuffers } from "./current-values.ts";
import { type ReadingLimits, refuseCrowd } from "./reading-limits.ts";
import type { Scope } from "./scope.ts";

/** What a reader's thread has from its beginning. */
export interface ReadFrom {
  /** The database. */
  readonly file: string;
  readonly current: CurrentBuffers;
}

/** What a reader's thread is asked for: a kind of read by its name. */
export interface ReadAsk {
  readonly kind: string;
  readonly scope: Scope;
  readonly input: unknown;
}

export interface ReaderOptions extends ReadingLimits {
  /** The thread's module, which loads the kinds of reads and serves them. */
  readonly module: URL;
  /** Told when a thread ends by itself. */
  readonly fault: (reason: unknown) => void;
  /** For tests. */
  readonly timer?: Timer;
}

/** One that is slow holds nobody up; the second begins when the first is taken. */
const threads = 2;

interface Waiting {
  readonly asked: ReadAsk;
  readonly result: PromiseWithResolvers<unknown>;
  stopTimer(): void;
}

export class ReaderThreads {
  readonly #limits: ReadingLimits;
  readonly #timer: Timer;
  readonly #threads: readonly AskedThread[];
  readonly #idle: AskedThread[];
  readonly #waiting: Waiting[] = [];
  #isClosed = false;

  constructor(from: ReadFrom, { module, fault, timer = usualTimer, ...limits }: ReaderOptions) {
    this.#limits = limits;
    this.#timer = timer;
    this.#threads = Array.from({ length: threads }, () => new AskedThread(module, () => from, fault, timer));
    this.#idle = [...this.#threads];
  }

  /** Rejects with `busy` where too many wait, or for too long, and with `query-too-slow`. */
  async read(asked: ReadAsk): Promise<unknown> {
    if (this.#isClosed) throw new RollcallError("stopping");
    if (this.#idle.length === 0) refuseCrowd(this.#waiting.length, this.#limits);
    const waiting: Waiting = { asked, result: Promise.withResolvers(), stopTimer: () => undefined };
    this.#waiting.push(waiting);
    this.#next();
    if (this.#waiting.includes(waiting)) this.#time(waiting);
    return waiting.result.promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) refuse(waiting, new RollcallError("stopping"));
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    // The one that was free last goes first: it has begun.
    const thread = this.#idle.pop();
    if (!thread) return;
    const waiting = this.#waiting.shift();
    if (waiting) void this.#serve(thread, waiting);
  }

  #time(waiting: Waiting): void {
    waiting.stopTimer = this.#timer(() => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      refuse(waiting, new RollcallError("busy", { retryAfterSeconds: 1 }));
    }, this.#limits.milliseconds);
  }

  async #serve(thread: AskedThread, waiting: Waiting): Promise<void> {
    waiting.stopTimer();
    const { asked, result } = waiting;
    try {
      const answer = await thread.ask(asked, this.#limits.milliseconds);
      this.#free(thread);
      result.resolve(answer);
    } catch (error) {
      const ending = thread.formerEnding;
      if (ending) void ending.then(() => this.#free(thread));
      else this.#free(thread);
      result.reject(error);
    }
  }

  #free(thread: AskedThread): void {
    this.#idle.push(thread);
    this.#next();
  }
}

function refuse(waiting: Waiting, reason: RollcallError): void {
  waiting.stopTimer();
  waiting.result.reject(reason);
}
