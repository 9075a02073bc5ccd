/** The audit log for who may read it, with everything that is needed to check the chain. */
import { z } from "zod";
import { accountScope } from "../accounts/caller.ts";
import type { Config } from "../config.ts";
import { type Route, route } from "../http/route.ts";
import { Cursors } from "../search/cursor.ts";
import { paging } from "../search/questions.ts";
import type { Services } from "../services.ts";
import { auditEntrySchema, type Checkpoint, checkpointSchema } from "./chain.ts";
import { auditCheckpoint, auditEntries } from "./queries.ts";

const auditQuery = (config: Config) =>
  z.strictObject({ sort: z.enum(["number", "-number"]).default("-number"), ...paging(config) });

const access = { permission: "audit.read" } as const;

const auditPage = z.strictObject({
  items: z.array(auditEntrySchema.strict()),
  next: z.string().nullable(),
  checkpoint: checkpointSchema.strict().nullable(),
});

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
        const after = cursor === undefined ? null : cursors.read(cursor, question, z.int(), now());
        const asked = { descending: sort === "-number", limit: limit + 1, after };
        const entries = await store.read(auditEntries, scope, asked);
        const items = entries.slice(0, limit);
        const last = entries.length > limit ? items.at(-1) : undefined;
        const next = last === undefined ? null : cursors.write(question, last.number, now());
        const stored = await store.read(auditCheckpoint, scope, null);
        const checkpoint: Checkpoint | null = stored && { use: "audit-checkpoint", server, ...stored };
        return { status: 200, body: { items, next, checkpoint } };
      },
    }),
  ];
}
