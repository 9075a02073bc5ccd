/** API tokens in the store. */
import { z } from "zod";
import { jsonColumn } from "../store/columns.ts";
import { isOverAll } from "../store/scope.ts";
import { defineAuditedWrite, defineRead } from "../store/store.ts";
import type { CallingAccount } from "./caller.ts";
import { type Role, roleNames } from "./roles.ts";

const roleSchema = z.enum(roleNames);
const groupsSchema = z.array(z.string());

/** The groups that a token is limited to; null where it is not. */
export const groupsColumn = (text: string | null) =>
  text === null ? null : jsonColumn(groupsSchema, text, "api_tokens.groups");

export const accountOfToken = defineRead({
  name: "account-of-token",
  isPoint: true,
  async run(
    database,
    scope,
    hash: Uint8Array,
  ): Promise<{ caller: CallingAccount; expiresAt: number; revoked: boolean } | null> {
    const row = await database
      .selectFrom("api_tokens")
      .select(["id", "name", "role", "groups", "expires_at", "revoked_at"])
      .where("hash", "=", hash)
      .where((builder) => builder.lit(isOverAll(scope)))
      .executeTakeFirst();
    if (!row) return null;
    const caller = {
      name: `token:${row.id}`,
      role: roleSchema.parse(row.role),
      groups: groupsColumn(row.groups),
    };
    return { caller, expiresAt: row.expires_at, revoked: row.revoked_at !== null };
  },
});

export interface NewApiToken {
  readonly name: string;
  readonly hash: Uint8Array;
  readonly role: Role;
  readonly groups: readonly string[] | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
}

export const addApiToken = defineAuditedWrite({
  name: "add-api-token",
  subjectOf: (_input, id: number) => `api-token:${id}`,
  async run(transaction, token: NewApiToken): Promise<number> {
    const { id } = await transaction
      .insertInto("api_tokens")
      .values({
        name: token.name,
        hash: token.hash,
        role: token.role,
        groups: token.groups && JSON.stringify(token.groups),
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

export const listApiTokens = defineRead({
  name: "list-api-tokens",
  run: (database, scope, _input: null) =>
    database
      .selectFrom("api_tokens")
      .select(["id", "name", "role", "groups", "created_at", "created_by", "expires_at", "revoked_at"])
      .where((builder) => builder.lit(isOverAll(scope)))
      .orderBy("id")
      .limit(10_000)
      .execute(),
});

/** Revokes a token; false when there is none with this id. */
export const revokeApiToken = defineAuditedWrite({
  name: "revoke-api-token",
  subjectOf: ({ id }, revoked: boolean) => (revoked ? `api-token:${id}` : null),
  async run(transaction, { id, at }: { id: number; at: number }): Promise<boolean> {
    const { numUpdatedRows } = await transaction
      .updateTable("api_tokens")
      .set((expression) => ({ revoked_at: expression.fn.coalesce("revoked_at", expression.val(at)) }))
      .where("id", "=", id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  },
});
