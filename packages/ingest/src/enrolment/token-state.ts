/** Whether an enrolment token still lets a device in. */
import type { ProblemCode } from "@rollcall/protocol";

export interface TokenState {
  readonly uses: number;
  readonly used: number;
  readonly perHour: number;
  readonly usedThisHour: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

/** The reason to refuse, or null. Four different states are four different errors. */
export function refusalOf(token: TokenState, now: number): ProblemCode | null {
  if (token.revokedAt !== null) return "token-revoked";
  if (token.expiresAt <= now) return "token-expired";
  if (token.used >= token.uses) return "token-used-up";
  return token.usedThisHour >= token.perHour ? "token-rate" : null;
}
