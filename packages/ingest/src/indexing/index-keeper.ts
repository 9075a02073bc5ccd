/**
 * Keeps one index: opens it, makes it anew where it cannot be what it should be, follows the log with it, and makes it
 * anew on request while the present one goes on.
 */
import { IndexDamaged } from "./index-damaged.ts";
import { IndexWriter } from "./index-writer.ts";
import { Indexer, type LogEntry } from "./indexer.ts";
import type { Position } from "./part-file.ts";
import { buildBeside, swapIn, type Truth } from "./reindex.ts";

/** What the log still has: entries after `oldest`, up to and with `newest`, for each server. */
export interface LogReach {
  readonly oldest: readonly Position[];
  readonly newest: readonly Position[];
}

export class IndexKeeper {
  readonly #directory: string;
  readonly #truth: Truth;
  readonly #fault: (reason: unknown) => void;
  #indexer: Indexer;
  /** While it is made anew: what was told since. */
  #since: LogEntry[] | null = null;
  /** Resolves when that is over, however it ended. */
  #making: Promise<void> | null = null;
  /** The last entries that were told. */
  readonly #told: Map<number, Position>;

  private constructor(
    directory: string,
    truth: Truth,
    writer: IndexWriter,
    fault: (reason: unknown) => void,
  ) {
    this.#directory = directory;
    this.#truth = truth;
    this.#fault = fault;
    this.#indexer = this.#follow(writer);
    this.#told = byServer(writer.position());
  }

  /**
   * Opens what is there; makes it anew first where it is damaged, missing, or not of this log. `fault` is told what
   * keeps it from following the log.
   */
  static async open(
    directory: string,
    truth: Truth,
    reach: LogReach,
    fault: (reason: unknown) => void,
  ): Promise<IndexKeeper> {
    const known = openWhole(directory, reach);
    if (known && !(await hasNothingOf(truth, known))) return new IndexKeeper(directory, truth, known, fault);
    known?.close();
    await buildBeside(directory, truth, reach.newest);
    swapIn(directory);
    return new IndexKeeper(directory, truth, new IndexWriter(directory), fault);
  }

  /** How far each log was told: what comes after it is to be told next. */
  get position(): readonly Position[] {
    return [...this.#told.values()];
  }

  /** How far each log is in the index: what comes before is needed no more. */
  get merged(): readonly Position[] {
    return this.#indexer.position;
  }

  get backlog(): number {
    return this.#indexer.backlog;
  }

  tell(entries: readonly LogEntry[]): void {
    for (const { position } of entries) this.#told.set(position.server, position);
    this.#since?.push(...entries);
    this.#indexer.tell(entries);
  }

  /** Resolves when this position is in the index. */
  async reached(position: Position): Promise<void> {
    const indexer = this.#indexer;
    try {
      await indexer.reached(position);
    } catch (error) {
      await this.#making;
      if (this.#indexer === indexer) throw error;
      await this.reached(position);
    }
  }

  /** Leaves nothing of what was taken out so far in any file. */
  scrub(): Promise<void> {
    return this.#indexer.between((writer) => writer.scrub());
  }

  /** Makes it anew, and puts it in the place of the present one, which goes on until then. Tells how many devices. */
  async reindex(): Promise<number> {
    if (this.#making) throw new Error("the index is being made anew");
    const making = this.#makeAnew();
    this.#making = making.then(
      () => {},
      () => {},
    );
    try {
      return await making;
    } finally {
      this.#making = null;
    }
  }

  /** What turns out to be damaged is made anew. */
  #follow(writer: IndexWriter): Indexer {
    return new Indexer(writer, this.#truth.read, (reason) => {
      this.#fault(reason);
      if (reason instanceof IndexDamaged && !this.#making) this.reindex().catch(this.#fault);
    });
  }

  async #makeAnew(): Promise<number> {
    this.#since = [];
    try {
      // Whatever was told is in the store by now, and so it is read.
      const devices = await buildBeside(this.#directory, this.#truth, this.position);
      await this.#indexer.close();
      swapIn(this.#directory);
      this.#indexer = this.#follow(new IndexWriter(this.#directory));
      this.#indexer.tell(this.#since);
      return devices;
    } finally {
      this.#since = null;
    }
  }

  close(): Promise<void> {
    return this.#indexer.close();
  }
}

/** Null where there is none that can be brought up to date by what the log has. */
function openWhole(directory: string, { oldest, newest }: LogReach): IndexWriter | null {
  try {
    const writer = new IndexWriter(directory);
    const at = byServer(writer.position());
    const seq = (server: number) => at.get(server)?.seq ?? 0;
    const isWithin =
      oldest.every((each) => seq(each.server) >= each.seq) &&
      [...at.values()].every(
        ({ server, seq: reached }) => reached <= (byServer(newest).get(server)?.seq ?? 0),
      );
    if (isWithin) return writer;
    writer.close();
    return null;
  } catch (error) {
    if (error instanceof IndexDamaged) return null;
    throw error;
  }
}

/** Of devices that were there before the log, as in a database that was filled from another, no entry tells. */
const hasNothingOf = async (truth: Truth, writer: IndexWriter): Promise<boolean> =>
  writer.position().length === 0 && (await truth.devicesFrom(0, 1)).length > 0;

const byServer = (positions: readonly Position[]): Map<number, Position> =>
  new Map(positions.map((position) => [position.server, position]));
