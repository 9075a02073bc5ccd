/** What the doctor says of one thing: how it is, and what to do where that is not well. */

export interface Finding {
  /** What was looked at, such as `database`. */
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  /** What was found, in a sentence without its full stop. */
  readonly found: string;
  /** What to do; null where all is well. */
  readonly todo: string | null;
}

/** A directory that is looked at. */
export interface Patient {
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Every page of every file instead of a quick look. */
  readonly full: boolean;
}

export const ok = (check: string, found: string): Finding => ({ check, state: "ok", found, todo: null });
export const warn = (check: string, found: string, todo: string): Finding => ({
  check,
  state: "warn",
  found,
  todo,
});
export const fail = (check: string, found: string, todo: string): Finding => ({
  check,
  state: "fail",
  found,
  todo,
});
