/** Enrolment tokens in the store: made, listed, revoked, found. What uses one up is the enrolment itself. */
import type { Ownership, Wish } from "@rollcall/protocol";
import { isOverAll } from "../store/scope.ts";
import { defineAuditedWrite, defineRead } from "../store/store.ts";

export interface NewToken {
  readonly hash: Uint8Array;
  readonly group: string;
  readonly ownership: Ownership;
  readonly wishes: readonly Wish[];
  readonly uses: number;
  readonly perHour: number;
  readonly local: boolean;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
}

export const addToken = defineAuditedWrite({
  name: "add-enrolment-token",
  subjectOf: (_input, id: number) => `enrolment-token:${id}`,
  async run(transaction, token: NewToken): Promise<number> {
    const { id } = await transaction
      .insertInto("enrolment_tokens")
      .values({
        hash: token.hash,
        group_name: token.group,
        ownership: token.ownership,
        wishes: JSON.stringify(token.wishes),
        uses: token.uses,
        used: 0,
        per_hour: token.perHour,
        local: token.local ? 1 : 0,
        created_at: token.createdAt,
        created_by: token.createdBy,
        expires_at: token.expiresAt,
        revoked_at: null,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return id;
  },
});

export const listTokens = defineRead({
  name: "list-enrolment-tokens",
  run: (database, scope, _input: null) =>
    database
      .selectFrom("enrolment_tokens")
      .selectAll()
      .where((builder) => builder.lit(isOverAll(scope)))
      .orderBy("id")
      .limit(10_000)
      .execute(),
});

/** Revokes a token; false when there is none with this id. */
export const revokeToken = defineAuditedWrite({
  name: "revoke-enrolment-token",
  subjectOf: ({ id }, revoked: boolean) => (revoked ? `enrolment-token:${id}` : null),
  async run(transaction, { id, at }: { id: number; at: number }): Promise<boolean> {
    const { numUpdatedRows } = await transaction
      .updateTable("enrolment_tokens")
      .set((expression) => ({ revoked_at: expression.fn.coalesce("revoked_at", expression.val(at)) }))
      .where("id", "=", id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  },
});

/** Whether a token of this hash exists; asked before any signature is looked at. */
export const tokenExists = defineRead({
  name: "enrolment-token-exists",
  isPoint: true,
  async run(database, scope, hash: Uint8Array): Promise<boolean> {
    return (
      (await database
        .selectFrom("enrolment_tokens")
        .select("id")
        .where("hash", "=", hash)
        .where((builder) => builder.lit(isOverAll(scope)))
        .executeTakeFirst()) !== undefined
    );
  },
});
