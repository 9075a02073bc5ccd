/** Who goes on for a device whose identity is in doubt. Pure; the server never guesses. */

import type { Config } from "../config.ts";

/** How long the copies of an identity have to show that they live: two intervals, in milliseconds. */
export const patience = (config: Config): number => 2_000 * config["check-ins.intervalSeconds"];

export interface Candidate {
  readonly installation: number;
  readonly device: number;
  readonly enrolledAt: number;
  readonly checkedInAt: number | null;
  /** Of itself: it may have been copied in its turn. */
  readonly doubtedAt: number | null;
}

export type Verdict =
  /** Nobody lives, or another may still turn up. */
  | { readonly kind: "wait" }
  /** One lives: it was a restore. */
  | { readonly kind: "restored"; readonly living: Candidate }
  /** Two or more live: it was a copy. */
  | { readonly kind: "copied"; readonly living: readonly Candidate[] };

export interface Doubt {
  readonly since: number;
  readonly candidates: readonly Candidate[];
  readonly now: number;
  /** In milliseconds, as `patience` tells it. */
  readonly patience: number;
}

/** Patience begins with the first successor that lives, so that a copy that was off when the doubt began has its time. */
export function verdictOn({ since, candidates, now, patience }: Doubt): Verdict {
  const unsettled = candidates.some(({ doubtedAt }) => doubtedAt !== null && doubtedAt + patience > now);
  const living = candidates.filter(
    ({ checkedInAt, doubtedAt }) => doubtedAt === null && checkedInAt !== null && checkedInAt >= since,
  );
  const [first] = living;
  if (unsettled || !first) return { kind: "wait" };
  const begun = Math.min(...living.map(({ enrolledAt }) => Math.max(enrolledAt, since)));
  if (begun + patience > now) return { kind: "wait" };
  return living.length === 1 ? { kind: "restored", living: first } : { kind: "copied", living };
}
