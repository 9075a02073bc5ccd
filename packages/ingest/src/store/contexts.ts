/** What the store hands to writes and reads beside the database: current values. */
import type { CurrentReader } from "./current-values.ts";

export interface WriteContext {
  /** As of the writes before this one, those of the same transaction included. */
  readonly current: CurrentReader;
}

export interface ReadContext {
  /** As of the latest commit, which may be a little later than what the database shows to this read. */
  readonly current: CurrentReader;
}
