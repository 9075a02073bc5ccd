/** What came of looking at one section. */
import type { Status } from "@rollcall/protocol";
import type { Seen } from "./seen.ts";

/** Before it is held against its definition. Survives JSON. */
export interface Outcome {
  readonly section: string;
  readonly status: Status;
  readonly document?: unknown;
  readonly readings?: unknown;
  /** Of the place alone, for the next look. */
  readonly memory?: unknown;
  readonly diagnostics: readonly string[];
  /** What a document was made from, where nothing else was asked. */
  readonly seen?: Seen | undefined;
}

export const nothingFrom = (
  section: string,
  status: Outcome["status"],
  ...diagnostics: string[]
): Outcome => ({ section, status, diagnostics });
