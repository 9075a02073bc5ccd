// How a command ends, as scripts see it.

/** What the two programs exit with; the same number means the same in both. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** Wrong arguments: nothing was tried. */
  usage: 2,
  notEnrolled: 3,
  /** The server did not answer, or asked to wait; everything is kept for the next time. */
  notReached: 4,
  /** Refused by the server, or by the basis of a category. */
  refused: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
