/**
 * The store's interface. Domains declare their writes and reads beside their rules and name them here; inputs, outcomes
 * and results are plain values (what `structuredClone` takes), so that a thread or another engine can stand behind it.
 */
import type { Kysely, Transaction } from "kysely";
import type { ReadContext, WriteContext } from "./contexts.ts";
import { enterRead, enterWrite } from "./kinds.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";

/** A kind of write: a rule and its statements, run inside the transaction of the batch that it is part of. */
export interface WriteKind<Input, Outcome> {
  readonly name: string;
  run(transaction: Transaction<Schema>, input: Input, context: WriteContext): Promise<Outcome>;
}

/** A kind of read. Its scope decides which rows exist for it. */
export interface ReadKind<Input, Result> {
  readonly name: string;
  run(database: Kysely<Schema>, scope: Scope, input: Input, context: ReadContext): Promise<Result>;
}

/** One write: the name of its kind and its input, which is all that an engine in another thread is sent. */
export interface Write<Outcome> {
  readonly kind: string;
  readonly input: unknown;
  /** Never there; carries the outcome's type. */
  readonly outcome?: Outcome;
}

/** Declares a write: `enrol(input)` then makes a `Write` for `store.commit([…])`. */
export function defineWrite<Input, Outcome>(
  kind: WriteKind<Input, Outcome>,
): (input: Input) => Write<Outcome> {
  enterWrite(kind);
  return (input) => ({ kind: kind.name, input });
}

/** A write that an account may ask for: it tells what it changed. */
export interface AuditedWriteKind<Input, Outcome> extends WriteKind<Input, Outcome> {
  /** For the audit log, such as `api-token:7`, a device by its ordinal; null where nothing was changed. */
  subjectOf(input: Input, outcome: Outcome): string | null;
}

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

export interface Store {
  /**
   * Applies the writes in their order, all or none, and resolves when they are on disk (committed and fsynced).
   * Many callers' batches share one transaction; one that throws is undone alone and rejects alone.
   */
  commit<const B extends readonly Write<unknown>[]>(batch: B): Promise<Outcomes<B>>;
  read<Input, Result>(kind: ReadKind<Input, Result>, scope: Scope, input: Input): Promise<Result>;
  /**
   * After a deletion: leaves nothing of what was deleted in any file of the store, write-ahead log included. Throws
   * `busy` when something still reads what was there; then it has to be called again.
   */
  scrub(): Promise<void>;
  /** Rejects when the database does not answer. */
  ready(): Promise<void>;
  /** Commits what was handed in, brings the write-ahead log home, and closes; what comes later is refused. */
  close(): Promise<void>;
}
