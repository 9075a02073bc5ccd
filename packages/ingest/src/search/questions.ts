/** What questions to the inventory have in common: how a query, a page and a cursor are asked for. */
import { limits } from "@rollcall/protocol";
import { z } from "zod";

export const queryText = z.string().max(limits.query).default("");

export const paging = {
  limit: z.coerce.number().int().min(1).max(limits.largestPage).default(limits.page),
  cursor: z.string().max(8_192).optional(),
} as const;

/** Every answer here has what was acknowledged before it: the search tables change with the documents. */
export const freshness = { fresh: z.enum(["true", "false"]).optional() } as const;
