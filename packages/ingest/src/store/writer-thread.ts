/**
 * The writer in a thread of its own, so that no statement and no wait for the disk holds up the event loop: one message
 * for each transaction, and one back. Of a thread that ends nobody knows what it still committed; so the process ends,
 * too, and nothing that was acknowledged is lost.
 */
import { Worker } from "node:worker_threads";
import type { ChangedInstallations } from "./changed-installations.ts";
import { type CrossedError, unpackError } from "./crossed-error.ts";
import type { CurrentBuffers, CurrentValues } from "./current-values.ts";
import type { LogEntry, LogPosition } from "./log.ts";
import type { MovedDevices } from "./moved-devices.ts";
import type { Batch, Scrubbed, ScrubSlice, Settled, Writer, Written } from "./sqlite-writer.ts";
import { threadLimits } from "./thread-limits.ts";

/** What the thread is asked for. */
export type WriterAsk =
  | {
      readonly ask: "open";
      readonly file: string;
      readonly current: CurrentBuffers;
      readonly moved: SharedArrayBuffer;
    }
  | { readonly ask: "transact"; readonly batches: readonly Batch[]; readonly checkIns: Uint8Array | null }
  | { readonly ask: "keepCurrent"; readonly slices: readonly number[] }
  | { readonly ask: "truncateCheckIns"; readonly upTo: number }
  | { readonly ask: "truncateLog"; readonly before: LogPosition }
  | { readonly ask: "scrub"; readonly slice: ScrubSlice }
  | { readonly ask: "newestCheckIns" | "bringHome" | "close" };

export type WriterAnswer =
  | { readonly failure: CrossedError }
  | (ChangedInstallations & {
      readonly settled: readonly (
        | Exclude<Settled, { refused: unknown }>
        | { readonly refused: CrossedError }
      )[];
      readonly entry: LogEntry | null;
      /** What is told of a truncation or a scrub. */
      readonly told: number | Scrubbed | null;
    });

type Told = Written & { readonly told: number | Scrubbed | null };

/** Starts the thread (its module is the caller's, who knows what has to be loaded there) and opens the database in it. */
export async function openWriterThread(
  module: URL,
  file: string,
  current: CurrentValues,
  moved: MovedDevices,
): Promise<Writer> {
  const thread = new WriterThread(module);
  try {
    await thread.open(file, current, moved);
    return thread;
  } catch (error) {
    await thread.end();
    throw error;
  }
}

class WriterThread implements Writer {
  readonly #worker: Worker;
  /** Asked and not answered, in their order: the thread does one after the other. */
  readonly #asked: PromiseWithResolvers<Told>[] = [];
  #isEnding = false;

  constructor(module: URL) {
    // What the process was started with, such as a program given as text, is not the thread's.
    this.#worker = new Worker(module, { execArgv: [], resourceLimits: threadLimits });
    this.#worker.on("message", (answer: WriterAnswer) => this.#settle(answer));
    // Errors of the thread itself have no listener: Node ends the process with them.
    this.#worker.on("exit", (code) => {
      if (!this.#isEnding) throw new Error(`the thread that writes the database ended with ${code}`);
    });
  }

  async open(file: string, { buffers: current }: CurrentValues, { buffer: moved }: MovedDevices) {
    await this.#ask({ ask: "open", file, current, moved });
  }

  transact(batches: readonly Batch[], checkIns: Uint8Array | null): Promise<Written> {
    return this.#ask({ ask: "transact", batches, checkIns });
  }

  async newestCheckIns(): Promise<number> {
    return this.#number({ ask: "newestCheckIns" });
  }

  async keepCurrent(slices: readonly number[]): Promise<void> {
    await this.#ask({ ask: "keepCurrent", slices });
  }

  async truncateCheckIns(upTo: number): Promise<number> {
    return this.#number({ ask: "truncateCheckIns", upTo });
  }

  async truncateLog(before: LogPosition): Promise<number> {
    return this.#number({ ask: "truncateLog", before });
  }

  async bringHome(): Promise<void> {
    await this.#ask({ ask: "bringHome" });
  }

  async scrub(slice: ScrubSlice): Promise<Scrubbed> {
    const { told } = await this.#ask({ ask: "scrub", slice });
    return typeof told === "string" ? told : "blocked";
  }

  async close(): Promise<void> {
    try {
      await this.#ask({ ask: "close" });
    } finally {
      await this.end();
    }
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#worker.terminate();
  }

  async #number(message: WriterAsk): Promise<number> {
    const { told } = await this.#ask(message);
    return typeof told === "number" ? told : 0;
  }

  #ask(message: WriterAsk): Promise<Told> {
    const asked = Promise.withResolvers<Told>();
    // What cannot be sent throws here, before anybody waits for it.
    this.#worker.postMessage(message);
    this.#asked.push(asked);
    return asked.promise;
  }

  #settle(answer: WriterAnswer): void {
    const asked = this.#asked.shift();
    if ("failure" in answer) asked?.reject(unpackError(answer.failure));
    else
      asked?.resolve({
        settled: answer.settled.map((each) =>
          "refused" in each ? { refused: unpackError(each.refused) } : each,
        ),
        entry: answer.entry,
        changed: answer.changed,
        gone: answer.gone,
        told: answer.told,
      });
  }
}
