/** What the store hands to writes and reads beside the database: current values, and the log that a write enters. */
import type { CurrentReader } from "./current-values.ts";

/**
 * What a batch has to tell those that follow the log. It is kept when the batch is, dropped when it is undone, and
 * stands in one row of the log of the same transaction.
 */
export interface LogDraft {
  /** A row of `installations`, or what is kept current of its device, is another one, or gone. */
  changed(installation: number): void;
  /** The index has to read this device again. */
  dirty(device: number): void;
}

export interface WriteContext {
  /** As of the writes before this one, those of the same transaction included. */
  readonly current: CurrentReader;
  readonly log: LogDraft;
}

export interface ReadContext {
  /** As of the latest commit, which may be a little later than what the database shows to this read. */
  readonly current: CurrentReader;
}
