/**
 * The store's interface. Domains declare their writes and reads beside their rules and name them here; inputs, outcomes
 * and results are plain values (what `structuredClone` takes), so that a thread or another engine can stand behind it.
 */
import type { CurrentValues } from "./current-values.ts";
import type { FleetJob } from "./fleet-jobs.ts";
import type { CommitQueue } from "./group-commit.ts";
import {
  type AuditedWriteKind,
  enterRead,
  enterWrite,
  type ReadKind,
  type Write,
  type WriteKind,
} from "./kinds.ts";
import type { LogEntry, LogPosition, LogReach } from "./log.ts";
import type { MovedDevices } from "./moved-devices.ts";
import type { QuickCheckIn } from "./quick-check-in.ts";
import type { Scope } from "./scope.ts";

/** Declares a write: `enrol(input)` then makes a `Write` for `store.commit([…])`. */
export function defineWrite<Input, Outcome>(
  kind: WriteKind<Input, Outcome>,
): (input: Input) => Write<Outcome> {
  enterWrite(kind);
  return (input) => ({ kind: kind.name, input });
}

/** One that an account may ask for. */
export interface AuditedWrite<Outcome> extends Write<Outcome> {
  readonly tellsWhat: true;
}

/** Declares a write that is committed with an entry in the audit log. */
export function defineAuditedWrite<Input, Outcome>(
  kind: AuditedWriteKind<Input, Outcome>,
): (input: Input) => AuditedWrite<Outcome> {
  enterWrite(kind);
  return (input) => ({ kind: kind.name, input, tellsWhat: true });
}

export function defineRead<Input, Result>(kind: ReadKind<Input, Result>): ReadKind<Input, Result> {
  enterRead(kind);
  return kind;
}

export type Outcomes<B extends readonly Write<unknown>[]> = {
  [I in keyof B]: B[I] extends Write<infer O> ? O : never;
};

/** Keeps something that follows from what is stored. */
export interface Follower {
  /** Told of each entry from now on, in order, before whoever committed it is told. */
  tell(entry: LogEntry): void;
  /** As the store's own, of whatever it keeps in files. */
  scrub(): Promise<void>;
}

/** The log of what was committed, to be followed. */
export interface Log {
  reach(): Promise<LogReach>;
  /** The first entries behind a position, `most` of them. */
  after(position: LogPosition, most: number): Promise<readonly LogEntry[]>;
  follow(follower: Follower): void;
  /** Devices whose times or flags this server changed; null where others change them, too. */
  readonly moved: MovedDevices | null;
  /** Forgets what is before a position: everybody who follows has read it. */
  truncate(before: LogPosition): Promise<void>;
}

/** A check-in that needs no row, with the version of the row that it was decided by. */
export interface Decided {
  readonly checkIn: QuickCheckIn;
  readonly version: number;
}

/** Check-ins that change nothing but counter, nonce and time. */
export interface QuickCheckIns {
  readonly current: CurrentValues;
  /** Another number once the installation's row, or what its answers depend on, is another one. */
  versionOf(installation: number): number;
  /** Resolves when it is on disk; with false, and nothing done, where what it was decided by does not hold any more. */
  commit(decided: Decided): Promise<boolean>;
}

export interface Store {
  readonly log: Log;
  /** null where a check-in has to be asked of the database each time. */
  readonly quick: QuickCheckIns | null;
  /**
   * Applies the writes in their order, all or none, and resolves when they are on disk (committed and fsynced).
   * Many callers' batches share one transaction; one that throws is undone alone and rejects alone.
   */
  commit<const B extends readonly Write<unknown>[]>(batch: B): Promise<Outcomes<B>>;
  /** For those who watch the server. */
  readonly commits: CommitQueue;
  /** What was committed before is seen. Where it is no point read it may reject with `busy` and `query-too-slow`. */
  read<Input, Result>(kind: ReadKind<Input, Result>, scope: Scope, input: Input): Promise<Result>;
  /**
   * After a deletion: leaves nothing of what was deleted in any file of the store, write-ahead log included. Throws
   * `busy` when something still reads what was there; then it has to be called again.
   */
  scrub(): Promise<void>;
  /**
   * Whether this server does a job now that one of those on the database has to do. No other is told so until it is
   * told otherwise or ends: ask before each time, and never while it is being done.
   */
  leads(job: FleetJob): Promise<boolean>;
  /** Rejects when the database does not answer. */
  ready(): Promise<void>;
  /** Commits what was handed in, brings the write-ahead log home, and closes; what comes later is refused. */
  close(): Promise<void>;
}
