/** Reading what is left of a damaged file: each part that cannot be read is counted and passed over. */
import { Malformed } from "./partly-read.ts";

/** What could be had, and how much could not. */
export interface Salvaged<T> {
  readonly values: readonly T[];
  /** Parts that could not be read. */
  readonly damaged: number;
}

/** `work` adds to the values; what it does inside `tried` may meet damage: `Malformed`, or a read beyond the end. */
export function salvaged<T>(work: (tried: (part: () => void) => void, values: T[]) => void): Salvaged<T> {
  const values: T[] = [];
  let damaged = 0;
  work((part) => {
    try {
      part();
    } catch (error) {
      if (!(error instanceof Malformed || error instanceof RangeError)) throw error;
      damaged++;
    }
  }, values);
  return { values, damaged };
}
