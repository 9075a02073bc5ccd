/**
 * The kinds of writes and reads by their names: what is sent to an engine in another thread is a name and plain
 * values, and this is where they become statements again.
 */
import type { Kysely, Transaction } from "kysely";
import type { ReadContext, WriteContext } from "./contexts.ts";
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
  /**
   * Reads a few rows by their keys, and unpacks nothing: on the event loop, at once. Every other is read beside it,
   * within the time that a question may take, and its result is plain values, as its input is.
   */
  readonly isPoint?: true;
  run(database: Kysely<Schema>, scope: Scope, input: Input, context: ReadContext): Promise<Result>;
}

/** One write: the name of its kind and its input, which is all that an engine in another thread is sent. */
export interface Write<Outcome> {
  readonly kind: string;
  readonly input: unknown;
  /** Never there; carries the outcome's type. */
  readonly outcome?: Outcome;
}

/** A write that an account may ask for: it tells what it changed. */
export interface AuditedWriteKind<Input, Outcome> extends WriteKind<Input, Outcome> {
  /** For the audit log, such as `api-token:7`, a device by its ordinal; null where nothing was changed. */
  subjectOf(input: Input, outcome: Outcome): string | null;
}

/** By name; what a kind takes and gives is known to who declared it alone. */
type AnyWrite = WriteKind<never, unknown>;
type AnyRead = ReadKind<never, unknown>;

const writes = new Map<string, AnyWrite>();
const reads = new Map<string, AnyRead>();

/** Enters a kind of write. Throws when there is another of its name: they would run in each other's place. */
export function enterWrite(kind: AnyWrite): void {
  enter(writes, kind);
}

export function enterRead(kind: AnyRead): void {
  enter(reads, kind);
}

function enter<Kind extends { readonly name: string }>(known: Map<string, Kind>, kind: Kind): void {
  if (known.has(kind.name)) throw new Error(`two kinds are called ${kind.name}`);
  known.set(kind.name, kind);
}

/** Runs a write inside the transaction of its batch. */
export function runWrite<Outcome>(
  { kind, input }: Write<Outcome>,
  transaction: Transaction<Schema>,
  context: WriteContext,
): Promise<Outcome> {
  // A write is made by `defineWrite` alone, which knows that its kind takes this input and gives this outcome.
  const known = found(writes, kind) as WriteKind<unknown, Outcome>;
  return known.run(transaction, input, context);
}

/** Runs a read in the thread that was told its name. */
export function runRead(
  name: string,
  database: Kysely<Schema>,
  scope: Scope,
  input: unknown,
  context: ReadContext,
): Promise<unknown> {
  // Whoever asks has the kind, and with it this input.
  const known = found(reads, name) as ReadKind<unknown, unknown>;
  return known.run(database, scope, input, context);
}

/** What a write changed, for the audit log; null where that was nothing. */
export function subjectOf<Outcome>({ kind, input }: Write<Outcome>, outcome: Outcome): string | null {
  const known = found(writes, kind);
  if (!("subjectOf" in known)) throw new Error(`${kind} does not tell what it changes`);
  // As above; only `defineAuditedWrite` makes a kind with this function.
  return (known as AuditedWriteKind<unknown, Outcome>).subjectOf(input, outcome);
}

function found<Kind>(known: ReadonlyMap<string, Kind>, name: string): Kind {
  const kind = known.get(name);
  if (!kind) throw new Error(`nothing is called ${name}`);
  return kind;
}
