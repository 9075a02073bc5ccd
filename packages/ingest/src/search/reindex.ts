/** The index made anew on request, beside the one that goes on answering. */
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { Services } from "../services.ts";
import { defineAuditedWrite } from "../store/store.ts";

/** The index is files; here is only the entry in the audit log. */
const indexMadeAnew = defineAuditedWrite({
  name: "index-made-anew",
  subjectOf: () => "index",
  run: async (): Promise<void> => undefined,
});

export const reindexed = z.strictObject({ devices: z.int() });

export function reindexRoute({ index }: Services): Route {
  return route({
    method: "POST",
    path: "/api/v1/reindex",
    access: { permission: "index.manage" },
    audit: "index.reindex",
    answers: { 200: reindexed },
    body: { schema: z.strictObject({}), limit: 1_024 },
    async handle(_incoming, _caller, change) {
      const devices = await index.reindex();
      await change(indexMadeAnew(undefined));
      return { status: 200, body: { devices } };
    },
  });
}
