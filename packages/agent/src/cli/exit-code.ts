/** Which exit code each error ends in: one table. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import { AgentError, type AgentErrorCode } from "../agent-error.ts";

const codes: Readonly<Record<AgentErrorCode, ExitCode>> = {
  usage: exitCodes.usage,
  failed: exitCodes.failed,
  "not-yet": exitCodes.failed,
  "not-enrolled": exitCodes.notEnrolled,
  "not-reached": exitCodes.notReached,
  "asked-to-wait": exitCodes.notReached,
  "in-doubt": exitCodes.notReached,
  refused: exitCodes.refused,
  basis: exitCodes.refused,
  "state-broken": exitCodes.failed,
  "state-locked": exitCodes.failed,
  "receipt-invalid": exitCodes.failed,
  withdrawn: exitCodes.failed,
  stopped: exitCodes.done,
};

export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof AgentError ? codes[error.code] : exitCodes.failed;
}
