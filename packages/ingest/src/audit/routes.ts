/** The audit log for who may read it, with everything that is needed to check its chains. */
import { z } from "zod";
import { accountScope } from "../accounts/caller.ts";
import type { Config } from "../config.ts";
import { type Route, route } from "../http/route.ts";
import { Cursors } from "../search/cursor.ts";
import { paging } from "../search/questions.ts";
import type { Services } from "../services.ts";
import { type AuditEntry, auditEntrySchema, type Checkpoint, checkpointSchema } from "./chain.ts";
import { type Join, joinSchema } from "./join.ts";
import { auditEntries, auditJoins, type EntryPosition } from "./queries.ts";

const auditQuery = (config: Config) =>
  z.strictObject({ sort: z.enum(["number", "-number"]).default("-number"), ...paging(config) });

const access = { permission: "audit.read" } as const;

const auditPage = z.strictObject({
  items: z.array(auditEntrySchema.strict()),
  next: z.string().nullable(),
  /** What stands in the place of what was cut, by chain. */
  checkpoints: z.array(checkpointSchema.strict()),
  /** What each server process signed last of where all chains stood. */
  joins: z.array(joinSchema.strict()),
});

const positionSchema = z.tuple([z.int(), z.int(), z.int()]);

const positionOf = ({ at, chain, number }: AuditEntry): EntryPosition => [Date.parse(at), chain, number];

export function auditRoutes({ store, keys, config, now }: Services): readonly Route[] {
  const cursors = new Cursors(keys.identity, config["search.cursorHours"]);
  const server = keys.identity.publicKey;
  return [
    route({
      method: "GET",
      path: "/api/v1/audit",
      access,
      query: auditQuery(config),
      answers: { 200: auditPage },
      async handle({ query: { sort, limit, cursor } }, caller) {
        const scope = accountScope(caller);
        const question = { audit: sort, scope };
        const after = cursor === undefined ? null : cursors.read(cursor, question, positionSchema, now());
        // Before the entries: all that is named there is among them.
        const joins = await store.read(auditJoins, scope, null);
        const asked = { descending: sort === "-number", limit: limit + 1, after };
        const { entries, checkpoints } = await store.read(auditEntries, scope, asked);
        const items = entries.slice(0, limit);
        const last = entries.length > limit ? items.at(-1) : undefined;
        const next = last === undefined ? null : cursors.write(question, positionOf(last), now());
        const body = {
          items,
          next,
          checkpoints: checkpoints.map((each): Checkpoint => ({ use: "audit-checkpoint", server, ...each })),
          joins: joins.map((each): Join => ({ use: "audit-join", server, ...each })),
        };
        return { status: 200, body };
      },
    }),
  ];
}
