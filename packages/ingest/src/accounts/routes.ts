/** API tokens: made, listed, revoked. The token itself is told once. */
import { RollcallError } from "@rollcall/protocol";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import { newToken } from "../identity/secrets.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { accountScope } from "./caller.ts";
import { addApiToken, groupsColumn, listApiTokens, revokeApiToken } from "./queries.ts";
import { roleNames } from "./roles.ts";

export const groupNameSchema = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, {
  error: "a group's name is letters, digits, spaces, dots, dashes; at most 64",
});

/** Groups that a token may be limited to at most. */
const mostGroups = 100;

const newApiToken = z
  .strictObject({
    name: z.string().min(1).max(128),
    role: z.enum(roleNames),
    groups: z.array(groupNameSchema).min(1).max(mostGroups).optional(),
    /** The same for one group. */
    group: groupNameSchema.optional(),
    expiresInSeconds: z
      .int()
      .min(60)
      .max(10 * 365 * 86_400)
      .default(365 * 86_400),
  })
  .refine(({ group, groups }) => group === undefined || groups === undefined, {
    path: ["group"],
    error: "group and groups do not go together",
  });

/** null, that is all groups, where none is named. */
function groupsOf({ group, groups }: z.infer<typeof newApiToken>): readonly string[] | null {
  const named = groups ?? (group === undefined ? [] : [group]);
  return named.length === 0 ? null : [...new Set(named)].toSorted();
}

const tokenIdSchema = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);

export function readId(params: Readonly<Record<string, string>>): number {
  const id = tokenIdSchema.safeParse(params.id);
  if (!id.success) throw new RollcallError("not-found", { detail: "There is no token with this id." });
  return id.data;
}

const instant = z.iso.datetime();
const madeApiToken = z.strictObject({ id: z.string(), token: z.string(), expiresAt: instant });
const apiTokens = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      role: z.enum(roleNames),
      groups: z.array(z.string()).nullable(),
      createdAt: instant,
      createdBy: z.string(),
      expiresAt: instant,
      revokedAt: instant.nullable(),
    }),
  ),
  next: z.null(),
});
export const revokedAnswer = z.strictObject({ revoked: z.literal(true) });

export function accountRoutes({ store, now }: Services): readonly Route[] {
  const access = { permission: "tokens.manage" } as const;
  return [
    route({
      method: "POST",
      path: "/api/v1/api-tokens",
      access,
      body: { schema: newApiToken, limit: 16_384 },
      audit: "api-token.create",
      answers: { 201: madeApiToken },
      async handle({ body }, caller, change) {
        const { token, hash } = newToken("rct_");
        const expiresAt = now() + body.expiresInSeconds * 1000;
        const added = {
          name: body.name,
          hash,
          role: body.role,
          groups: groupsOf(body),
          createdAt: now(),
          createdBy: caller.name,
          expiresAt,
        };
        const id = await change(addApiToken(added));
        return { status: 201, body: { id: String(id), token, expiresAt: isoTime(expiresAt) } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/api-tokens",
      access,
      answers: { 200: apiTokens },
      async handle(_incoming, caller) {
        const rows = await store.read(listApiTokens, accountScope(caller), null);
        const items = rows.map((row) => ({
          id: String(row.id),
          name: row.name,
          role: row.role,
          groups: groupsColumn(row.groups),
          createdAt: isoTime(row.created_at),
          createdBy: row.created_by,
          expiresAt: isoTime(row.expires_at),
          revokedAt: row.revoked_at === null ? null : isoTime(row.revoked_at),
        }));
        return { status: 200, body: { items, next: null } };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/api-tokens/:id",
      access,
      audit: "api-token.revoke",
      answers: { 200: revokedAnswer },
      async handle({ params }, _caller, change) {
        const revoked = await change(revokeApiToken({ id: readId(params), at: now() }));
        if (!revoked) throw new RollcallError("not-found", { detail: "There is no API token with this id." });
        return { status: 200, body: { revoked: true } };
      },
    }),
  ];
}
