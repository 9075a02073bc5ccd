/** Questions to the inventory: software and facets. */
import { limits } from "@rollcall/protocol";
import { z } from "zod";
import { accountScope } from "../accounts/caller.ts";
import { type Route, route } from "../http/route.ts";
import { readCursor, writeCursor } from "../inventory/cursor.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { demandField, readQuery } from "./fields.ts";

export const queryText = z.string().max(limits.query).default("");
export const pageLimit = z.coerce.number().int().min(1).max(limits.largestPage).default(limits.page);
export const cursorText = z.string().max(8_192).optional();

const softwareQuery = z.object({
  q: z.string().max(256).default(""),
  deviceQ: queryText,
  limit: pageLimit,
  cursor: cursorText,
});
const facetQuery = z.object({ field: z.string().min(1).max(64), q: queryText, limit: pageLimit });
const titlePosition = z.object({ name: z.string(), version: z.string(), source: z.string() });

const access = { permission: "inventory.read" } as const;

export function searchRoutes({ index, now }: Services): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/software",
      access,
      query: softwareQuery,
      async handle({ query: { q, deviceQ, limit, cursor } }, caller) {
        const scope = accountScope(caller);
        const question = { software: q, deviceQ, scope };
        const after = cursor === undefined ? null : readCursor(cursor, question, titlePosition, now());
        const words = q.split(/\s+/).filter((word) => word !== "");
        const { items, next } = await index.titles(scope, words, readQuery(deviceQ, scope), { limit, after });
        const shown = items.map(({ source, name, version, devices }) => ({ source, name, version, devices }));
        return {
          status: 200,
          body: { asOf: isoTime(now()), items: shown, next: next && writeCursor(question, next, now()) },
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/facets",
      access,
      query: facetQuery,
      async handle({ query: { field, q, limit } }, caller) {
        const scope = accountScope(caller);
        const items = await index.facet(scope, demandField(field, scope), readQuery(q, scope), limit);
        return { status: 200, body: { asOf: isoTime(now()), items } };
      },
    }),
  ];
}
