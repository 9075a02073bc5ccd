/** A failure as the log tells it: what kind, where in the code, and in which words where those are ours. */

export interface Reason {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  /** Places in the code, innermost first. */
  readonly at: readonly string[];
}

/**
 * Errors whose messages never quote a value. Those of the language and of parsers do ("Unexpected token 'h',
 * "hostname…" is not valid JSON"), and what a device sent or a disk holds does not belong in a log.
 */
const quotesNothing: ReadonlySet<string> = new Set(["Error", "RollcallError", "SqliteError"]);

/** Causes that are told at most. */
const deepest = 5;

/** An error and what caused it, outermost first. */
export function reasonsOf(error: unknown): Reason[] {
  const reasons: Reason[] = [];
  for (let at: unknown = error; at !== undefined && reasons.length < deepest; ) {
    reasons.push(at instanceof Error ? reasonOf(at) : { type: typeof at, at: [] });
    at = at instanceof Error ? at.cause : undefined;
  }
  return reasons;
}

function reasonOf(error: Error): Reason {
  const code: unknown = "code" in error ? error.code : undefined;
  return {
    type: error.name,
    ...(typeof code === "string" ? { code } : {}),
    ...(quotesNothing.has(error.name) ? { message: error.message } : {}),
    at: placesIn(error),
  };
}

const mostPlaces = 12;

/** The lines of a stack behind its message, which can have lines that look like them. */
function placesIn({ stack = "", message }: Error): string[] {
  return stack
    .slice(stack.indexOf(message) + message.length)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "))
    .slice(0, mostPlaces);
}
