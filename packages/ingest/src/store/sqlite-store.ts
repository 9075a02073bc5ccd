/**
 * The store on SQLite: WAL, synchronous=FULL, one connection that writes and one that reads, with more beside the event
 * loop. A commit that has resolved is on disk.
 */
import { setTimeout as wait } from "node:timers/promises";
import { RollcallError } from "@rollcall/protocol";
import { encodeCheckIns } from "./check-in-entries.ts";
import { loadCurrent } from "./check-in-log.ts";
import { Checkpoints } from "./checkpoints.ts";
import { CurrentKeeper } from "./current-keeper.ts";
import { CurrentValues } from "./current-values.ts";
import type { FleetJob } from "./fleet-jobs.ts";
import { type CommitQueue, GroupCommit, type Job } from "./group-commit.ts";
import type { ReadKind, Write } from "./kinds.ts";
import { type LogPosition, LogReader } from "./log.ts";
import { MovedDevices } from "./moved-devices.ts";
import { type ReaderOptions, ReaderThreads } from "./reader-threads.ts";
import type { Scope } from "./scope.ts";
import {
  type Batch,
  type Connection,
  connect,
  openSqliteWriter,
  type ScrubSlice,
  type Settled,
  type Writer,
} from "./sqlite-writer.ts";
import type { Decided, Follower, Log, Outcomes, QuickCheckIns, Store } from "./store.ts";
import { openWriterThread } from "./writer-thread.ts";

/** What the store does in threads of its own; without, all of it is done in the caller's. */
export interface StoreThreads {
  /** The module of the thread that writes. */
  readonly writer?: URL;
  readonly readers?: ReaderOptions;
}

/** Opens (and makes or migrates) the database in this file. Throws when it is newer than the program. */
export async function openSqliteStore(
  file: string,
  { writer: writerModule, readers }: StoreThreads = {},
): Promise<Store> {
  const current = new CurrentValues();
  const moved = new MovedDevices();
  const writer = await (writerModule
    ? openWriterThread(writerModule, file, current, moved)
    : openSqliteWriter(file, current, moved));
  try {
    const reader = connect(file, true);
    const keeper = new CurrentKeeper(current, loadCurrent(reader.database, current));
    const threads = readers ? new ReaderThreads({ file, current: current.buffers }, readers) : null;
    return new SqliteStore(writer, reader, threads, { keeper, moved });
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** How often a scrub is held up by who still reads what was there, and how long it waits then, milliseconds. */
const [mostBlocked, blockedMilliseconds] = [100, 30];

/** A caller's batch on its way, or a check-in that needs no row. */
type Commit = BatchOnItsWay | CheckInOnItsWay;

interface BatchOnItsWay extends Job {
  readonly batch: Batch;
  settle(settled: Settled): void;
}

interface CheckInOnItsWay extends Job {
  readonly decided: Decided;
  /** It is taken, where what it was decided by still holds. */
  settle(isTaken: boolean): void;
}

class SqliteStore implements Store {
  readonly #file: string;
  readonly #writer: Writer;
  readonly #reader: Connection;
  readonly #readers: ReaderThreads | null;
  readonly #keeper: CurrentKeeper;
  readonly #commits: GroupCommit<Commit>;
  readonly #checkpoints: Checkpoints;
  readonly #followers: Follower[] = [];
  readonly log: Log;
  readonly quick: QuickCheckIns;
  /** A scrub that has not begun yet. */
  #scrub: Promise<void> | null = null;
  #scrubbing: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(
    writer: Writer,
    reader: Connection,
    readers: ReaderThreads | null,
    { keeper, moved }: { keeper: CurrentKeeper; moved: MovedDevices },
  ) {
    this.#file = reader.database.name;
    this.#writer = writer;
    this.#reader = reader;
    this.#readers = readers;
    this.#keeper = keeper;
    this.quick = {
      current: keeper.current,
      versionOf: (installation) => keeper.versions.of(installation),
      commit: (decided) => this.#checkIn(decided),
    };
    this.#commits = new GroupCommit((commits) => this.#together(commits));
    this.#checkpoints = new Checkpoints(this.#file, () =>
      this.#commits.between(() => this.#writer.bringHome()),
    );
    const log = new LogReader(reader.database);
    this.log = {
      moved,
      reach: async () => log.reach(),
      after: async (position, most) => log.after(position, most),
      follow: (follower) => {
        this.#followers.push(follower);
      },
      truncate: (before) => this.#truncateLog(before),
    };
  }

  commit<const B extends readonly Write<unknown>[]>(batch: B): Promise<Outcomes<B>> {
    if (this.#closing) return Promise.reject(new RollcallError("stopping"));
    return new Promise((resolve, reject) => {
      let settled: Settled = { refused: new Error("a batch was left out of its transaction") };
      const done = (failure?: unknown) => {
        if (failure !== undefined) reject(failure);
        else if ("refused" in settled) reject(settled.refused);
        // The outcomes stand in the order of the batch, one each.
        else resolve(settled.outcomes as unknown as Outcomes<B>);
      };
      this.#commits.add({
        batch,
        settle: (result: Settled) => {
          settled = result;
        },
        done,
      });
    });
  }

  #checkIn(decided: Decided): Promise<boolean> {
    if (this.#closing) return Promise.reject(new RollcallError("stopping"));
    return new Promise((resolve, reject) => {
      let taken = false;
      this.#commits.add({
        decided,
        settle: (isTaken: boolean) => {
          taken = isTaken;
        },
        done: (failure) => (failure === undefined ? resolve(taken) : reject(failure)),
      });
    });
  }

  get commits(): CommitQueue {
    return this.#commits;
  }

  read<Input, Result>(kind: ReadKind<Input, Result>, scope: Scope, input: Input): Promise<Result> {
    if (!kind.isPoint && this.#readers)
      // The thread runs the kind of this name, whose result this is.
      return this.#readers.read({ kind: kind.name, scope, input }) as Promise<Result>;
    return kind.run(this.#reader.queries, scope, input, { current: this.#keeper.current });
  }

  async scrub(): Promise<void> {
    await this.#scrubOwn();
    await Promise.all(this.#followers.map((follower) => follower.scrub()));
  }

  #scrubOwn(): Promise<void> {
    // One that has not begun serves whoever asks meanwhile: what they deleted is committed by then.
    this.#scrub ??= this.#scrubbing
      .catch(() => {})
      .then(() => {
        this.#scrub = null;
        this.#scrubbing = this.#checkpoints.without(async () => {
          // Times of who was deleted are in the log of check-ins and in what it was written back to.
          await this.#writeBack();
          await this.#scrubNow();
        });
        return this.#scrubbing;
      });
    return this.#scrub;
  }

  /** Slice by slice, with commits in between. */
  async #scrubNow(): Promise<void> {
    let blocked = 0;
    for (let slice: ScrubSlice = "first"; ; ) {
      const scrubbed = await this.#between(() => this.#writer.scrub(slice));
      if (scrubbed === "whole") return;
      if (scrubbed === "in part") [slice, blocked] = ["next", 0];
      else {
        if (++blocked > mostBlocked) throw new RollcallError("busy", { retryAfterSeconds: 60 });
        await wait(blockedMilliseconds);
      }
    }
  }

  /** Check-ins of the log come home into the current values, slices of them at a time with commits in between. */
  #writeBack(): Promise<void> {
    return this.#keeper.writeBack(this.#writer, (work) => this.#between(work));
  }

  async #truncateLog(before: LogPosition): Promise<void> {
    while ((await this.#between(() => this.#writer.truncateLog(before))) > 0);
  }

  /** What is done while no transaction is open, with what it tells. */
  async #between<Told>(work: () => Promise<Told>): Promise<Told> {
    const told = Promise.withResolvers<Told>();
    await this.#commits.between(async () => told.resolve(await work()));
    return told.promise;
  }

  async leads(_job: FleetJob): Promise<boolean> {
    return true;
  }

  async ready(): Promise<void> {
    // By a connection of its own: those that are open would not notice for long that the file is gone or another one.
    const { queries } = connect(this.#file, true);
    try {
      await queries.selectFrom("devices").select("ordinal").limit(1).execute();
    } finally {
      await queries.destroy();
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#readers?.close();
    await Promise.allSettled([this.#scrub, this.#scrubbing]);
    await this.#commits.settled();
    await this.#writeBack().catch(() => {});
    await this.#checkpoints.close();
    await this.#reader.queries.destroy();
    await this.#writer.close();
  }

  async #together(commits: readonly Commit[]): Promise<void> {
    const batches = commits.filter((commit) => "batch" in commit);
    // No transaction is under way: whether what was decided still holds is known, and stays so until this one is done.
    const checkIns = commits.filter((commit) => "decided" in commit && this.#keeper.holds(commit.decided));
    const taken = checkIns.flatMap((commit) => ("decided" in commit ? [commit.decided.checkIn] : []));
    if (batches.length + taken.length === 0) return;
    const { settled, entry, ...whose } = await this.#writer.transact(
      batches.map(({ batch }) => batch),
      taken.length > 0 ? encodeCheckIns(taken) : null,
    );
    this.#keeper.committed(taken, whose);
    if (entry) for (const follower of this.#followers) follower.tell(entry);
    for (const [index, result] of settled.entries()) batches[index]?.settle(result);
    for (const commit of checkIns) if ("decided" in commit) commit.settle(true);
    this.#checkpoints.committed();
    // What it does not get done now it does the next time.
    if (this.#keeper.isDue) void this.#writeBack().catch(() => {});
  }
}
