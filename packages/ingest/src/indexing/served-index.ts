/**
 * The index as the server has it: a thread that keeps it and one that answers from it. Both begin when they are needed,
 * or a moment after the start, which they do not hold up.
 */
import { setTimeout as wait } from "node:timers/promises";
import { RollcallError } from "@rollcall/protocol";
import { AskedThread } from "../store/asked-thread.ts";
import { type ReadingLimits, refuseCrowd } from "../store/reading-limits.ts";
import type { Dated, Freshness, Index, SearchIndex } from "../store/search-index.ts";
import type { Log } from "../store/store.ts";
import type { IndexerAsk, IndexFiles, Question, QuestionAnswer } from "./index-asks.ts";
import type { Position } from "./part-file.ts";

export interface ServedIndexOptions extends Omit<IndexFiles, "atStart" | "moved">, ReadingLimits {
  readonly atStart: readonly Position[];
  readonly log: Log;
  readonly now: () => number;
  readonly fault: (reason: unknown) => void;
}

/** The start of the server goes first. */
const beginsAfter = 1_000;
/** How long a question waits for what was acknowledged before it. */
const freshWithin = 5_000;

const indexerModule = new URL("./indexer-thread.ts", import.meta.url);
const questionsModule = new URL("./questions-thread.ts", import.meta.url);

export class ServedIndex implements Index {
  readonly #options: ServedIndexOptions;
  readonly #indexer: AskedThread;
  readonly #questions: AskedThread;
  /** Resolves once there is an index that is of this log. */
  #opened: Promise<void> | null = null;
  #wasOpened = false;
  #isLooking = false;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ServedIndexOptions) {
    const { database, directory, milliseconds, current, fault, log } = options;
    const files = (): IndexFiles => {
      const atStart = this.#wasOpened ? null : options.atStart;
      return { database, directory, milliseconds, atStart, current, moved: log.moved?.buffer ?? null };
    };
    this.#options = options;
    this.#indexer = new AskedThread(indexerModule, files, (reason) => {
      this.#opened = null;
      fault(reason);
    });
    this.#questions = new AskedThread(questionsModule, files, fault);
    log.follow({ tell: () => this.#look(), scrub: () => this.#keep("scrub") });
    // What that fails with ends the thread, and is told by it.
    this.#timer = setTimeout(() => void this.#open().catch(() => undefined), beginsAfter).unref();
  }

  async ask<Name extends keyof SearchIndex>(
    name: Name,
    { fresh }: Freshness,
    ...asked: Parameters<SearchIndex[Name]>
  ): Promise<Dated<Awaited<ReturnType<SearchIndex[Name]>>>> {
    refuseCrowd(this.#questions.waiting, this.#options);
    await this.#within(fresh ? this.#keep("reached") : this.#open());
    const question: Question<Name> = { name, asked };
    const answered = await this.#questions.ask<QuestionAnswer>(question);
    if ("damage" in answered) return this.#makeAnew(answered.damage);
    const now = this.#options.now();
    const asOf = answered.lacksFrom === null ? now : Math.min(answered.lacksFrom, now);
    // The thread answers each question as `SearchIndex` says.
    return { asOf, ...(answered.answer as Awaited<ReturnType<SearchIndex[Name]>>) };
  }

  /** Makes it anew beside the present one, which goes on answering. Tells how many devices are in it. */
  reindex(): Promise<number> {
    return this.#keep("reindex");
  }

  /** Lets go of what the log has for this index alone. */
  async shortenLog(): Promise<void> {
    if (!this.#indexer.isRunning) return;
    for (const position of await this.#keep<readonly Position[]>("merged"))
      await this.#options.log.truncate(position);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#questions.close();
    // One that is still being opened, which may be made anew for minutes, has nothing to lose.
    if (this.#indexer.isRunning && this.#wasOpened) await this.#keep("close").catch(this.#options.fault);
    await this.#indexer.close();
  }

  async #keep<Answer>(name: IndexerAsk["name"]): Promise<Answer> {
    const answer = await this.#indexer.ask<Answer>({ name } satisfies IndexerAsk);
    // It answers nothing before it has opened the index.
    this.#wasOpened = true;
    return answer;
  }

  #open(): Promise<void> {
    const opened = this.#opened ?? this.#keep<void>("look");
    this.#opened = opened;
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = null;
    });
    return opened;
  }

  /** Many commits are one look; before the thread has begun there is none, for it looks when it begins. */
  #look(): void {
    if (this.#isLooking || !this.#indexer.isRunning) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      if (this.#indexer.isRunning) this.#keep("look").catch(() => undefined);
    });
  }

  #makeAnew(damage: string): never {
    this.#options.fault(new Error(damage));
    this.reindex().catch(this.#options.fault);
    throw new RollcallError("busy", { detail: "The index is being made anew.", retryAfterSeconds: 5 });
  }

  async #within(work: Promise<unknown>): Promise<void> {
    const late = new AbortController();
    const tooLate = wait(freshWithin, "late" as const, { signal: late.signal, ref: false });
    tooLate.catch(() => undefined);
    const first = await Promise.race([work, tooLate]).finally(() => late.abort());
    if (first !== "late") return;
    work.catch(() => undefined);
    throw new RollcallError("busy", {
      detail: "The index does not have everything yet that was asked for.",
      retryAfterSeconds: 1,
    });
  }
}
