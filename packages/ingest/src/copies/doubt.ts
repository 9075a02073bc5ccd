/** Doubt about an identity: how it begins, and what it closes. What ends it is `settle.ts`. */
import { RollcallError } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";

/** Marks an installation and revokes its session; of one that is marked already the time stays. */
export async function beginDoubt(
  transaction: Kysely<Schema>,
  installation: number,
  at: number,
): Promise<void> {
  await transaction
    .updateTable("installations")
    .set((expression) => ({
      doubted_at: expression.fn.coalesce("doubted_at", expression.val(at)),
      session_hash: null,
      session_expires_at: null,
    }))
    .where("ordinal", "=", installation)
    .execute();
}

/**
 * The one question before anything is done for who holds an installation's key: check-ins, consent, sections,
 * `/v1/me`, actions. Throws `identity-in-doubt` when that key may be in two places.
 */
export function refuseDoubted({ doubtedAt }: { readonly doubtedAt: number | null }): void {
  if (doubtedAt === null) return;
  throw new RollcallError("identity-in-doubt", {
    detail: "This identity was used in two places. Make a new key and enrol as its successor.",
  });
}
