/**
 * Every way in which the agent's work can end other than well, in one list. Whoever runs a command finds the
 * exit code to it in `cli/exit-code.ts`; anything else that is thrown is a bug.
 */
import type { ProblemAt } from "@rollcall/protocol";

export type AgentErrorCode =
  /** The arguments make no sense; nothing was tried. */
  | "usage"
  | "failed"
  | "not-yet"
  | "not-enrolled"
  /** No answer, or none that a Rollcall server gives. Everything is kept for the next time. */
  | "not-reached"
  /** The server is there and cannot take it now. */
  | "asked-to-wait"
  /** This device's identity is in two places; it goes on under a new key, a little later. */
  | "in-doubt"
  /** The server said no. */
  | "refused"
  /** The basis of a category stands against it. */
  | "basis"
  /** A file of the state directory is not what the agent wrote. */
  | "state-broken"
  /** Another agent command works on the state. */
  | "state-locked"
  /** A receipt does not say what the server has to say. */
  | "receipt-invalid"
  /** Consent was withdrawn while the check-in was under way. */
  | "withdrawn"
  /** The command was asked to end. */
  | "stopped";

export class AgentError extends Error {
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "AgentError";
    this.code = code;
  }
}

interface ProblemFacts {
  readonly server: string;
  readonly status: number;
  /** From the server's table of problems, which may be newer than ours. */
  readonly problem: string;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly errors?: readonly ProblemAt[] | undefined;
  /** The whole body, for members that a code adds. */
  readonly body: unknown;
  readonly nonce: string | null;
  readonly retryAfterSeconds: number | null;
}

/** An answer of the server that tells a problem. */
export class ServerProblem extends AgentError {
  readonly facts: ProblemFacts;

  constructor(facts: ProblemFacts) {
    const said = facts.detail ?? facts.title;
    const places = (facts.errors ?? [])
      .filter(({ detail }) => detail !== said)
      .map(({ pointer, detail }) => `${pointer}: ${detail}`);
    const words = [said, ...places].join(" ");
    const waits = facts.status >= 500 || facts.status === 429 || facts.status === 408;
    const verb = waits ? "cannot take this now" : "refused";
    super(waits ? "asked-to-wait" : "refused", `${facts.server} ${verb}: ${words} [${facts.problem}]`);
    this.facts = facts;
  }

  is(...problems: readonly string[]): boolean {
    return problems.includes(this.facts.problem);
  }
}

export function isAgentError(error: unknown, ...codes: readonly AgentErrorCode[]): error is AgentError {
  return error instanceof AgentError && codes.includes(error.code);
}
