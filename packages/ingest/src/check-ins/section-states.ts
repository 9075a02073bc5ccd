/** What becomes of the stored sections when some are submitted: pure, so that both the rule and its digest can be tested alone. */
import { type CheckedSection, documentAfter, type SectionStates, type Status } from "@rollcall/protocol";

/** A stored section without its body. */
export interface StoredState {
  readonly status: Status;
  readonly digest: string | null;
}

/** A status with the digest of the document that is there afterwards. */
export function stateAfter(
  stored: StoredState | undefined,
  { status, digest }: Pick<CheckedSection, "status" | "digest">,
): StoredState {
  const effect = documentAfter(status);
  if (effect === "replaced") return { status, digest };
  return { status, digest: effect === "removed" ? null : (stored?.digest ?? null) };
}

/** Stored sections in the form that the state digest is made of. */
export function statesOf(stored: Iterable<readonly [string, StoredState]>): SectionStates {
  return Object.fromEntries(
    [...stored].map(([name, { status, digest }]) => [name, [status, digest] as const]),
  );
}
