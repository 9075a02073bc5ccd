/** What the threads of the index are told and asked. */
import type { CurrentBuffers } from "../store/current-values.ts";
import type { SearchIndex } from "../store/search-index.ts";
import type { Position } from "./part-file.ts";

/** What both threads are told. */
export interface IndexFiles {
  /** The store's database: `postgres://…`, or the path of a file. */
  readonly database: string;
  /** Where the index is. */
  readonly directory: string;
  /** The bits of `MovedDevices`; null where others change devices, too. */
  readonly moved: SharedArrayBuffer | null;
  /** The current values; absent where rows have them all. */
  readonly current?: CurrentBuffers | undefined;
  /** How long a question may take. */
  readonly milliseconds: number;
  /**
   * How far the log went when the server started, before it wrote anything; null once the index was opened. One that
   * is further is of another history: an older database was put in place.
   */
  readonly atStart: readonly Position[] | null;
}

/**
 * - `look`: the log has more.
 * - `reached`: answered when everything that was committed is in.
 * - `merged`: how far it is, a position for each server.
 * - `scrub`: answered when nothing of what was deleted before is in any file.
 * - `close`: nothing is asked after it.
 * - `reindex`: it is to be made anew. Answered with the number of devices.
 */
export interface IndexerAsk {
  readonly name: "look" | "reached" | "merged" | "scrub" | "reindex" | "close";
}

/** What a question is asked with. */
export type AskedWith<Name extends keyof SearchIndex> = Parameters<SearchIndex[Name]>;

/** A question of `SearchIndex`, with what it is asked with. */
export interface Question<Name extends keyof SearchIndex = keyof SearchIndex> {
  readonly name: Name;
  readonly asked: AskedWith<Name>;
}

export type QuestionAnswer =
  | {
      readonly answer: unknown;
      /** When the first change was committed that the index does not have; null where it has them all. */
      readonly lacksFrom: number | null;
    }
  /** The index has to be made anew. */
  | { readonly damage: string };
