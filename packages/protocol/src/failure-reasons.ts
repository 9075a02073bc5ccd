/** Why something that the agent was to do did not come out whole: the closed list by which section `diagnostics` counts. */
export const failureReasons = [
  /** A look at a section ended with an error. */
  "failed",
  "timed-out",
  /** Something was found that does not fit the section, and was left out. */
  "left-out",
  /** A list was longer than its bound. */
  "cut",
  /** The server refused the section. */
  "refused",
  /** The agent ended with an error that nobody expected. */
  "crashed",
  /** The agent's process ended, or was ended, while it looked at the machine. */
  "ended-while-looking",
  /** These counts themselves were lost. */
  "count-lost",
] as const;
export type FailureReason = (typeof failureReasons)[number];

export interface Failure {
  /** A section, or `agent`. */
  readonly of: string;
  readonly reason: FailureReason;
}
