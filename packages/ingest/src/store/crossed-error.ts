/** Errors between threads: what is cloned on the way loses code, facts and class; here they keep what callers act on. */
import { RollcallError } from "@rollcall/protocol";

type Facts = RollcallError["facts"];

export interface CrossedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** A problem's, or the database engine's, such as `SQLITE_FULL`. */
  readonly code: string | undefined;
  /** Where it is a problem; its cause stands in `cause`. */
  readonly problem: { readonly code: RollcallError["code"]; readonly facts: Omit<Facts, "cause"> } | null;
  readonly cause: CrossedError | undefined;
}

/** Causes that are taken along at most. */
const deepest = 5;

export function packError(error: unknown, depth = 0): CrossedError {
  if (!(error instanceof Error)) return packError(new Error(String(error)), depth);
  const { name, message, stack, cause } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const packed = cause === undefined || depth >= deepest ? undefined : packError(cause, depth + 1);
  return { name, message, stack, code, problem: problemOf(error), cause: packed };
}

function problemOf(error: Error): CrossedError["problem"] {
  if (!(error instanceof RollcallError)) return null;
  const { cause: _, ...facts } = error.facts;
  return { code: error.code, facts };
}

export function unpackError({ name, message, stack, code, problem, cause }: CrossedError): Error {
  const because = cause === undefined ? {} : { cause: unpackError(cause) };
  const error = problem
    ? new RollcallError(problem.code, { ...problem.facts, ...because })
    : Object.assign(new Error(message, because), { name }, code === undefined ? {} : { code });
  if (stack !== undefined) error.stack = stack;
  return error;
}
