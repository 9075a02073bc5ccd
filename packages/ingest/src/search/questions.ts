/** What questions to the inventory have in common: how a query, a page and a cursor are asked for. */
import { z } from "zod";
import { type Config, configKeys } from "../config.ts";

/** Its bytes are counted when it is read. */
export const queryText = (config: Config) => z.string().max(config["search.queryBytes"]).default("");

export function paging(config: Config) {
  const { most } = configKeys["search.largestPage"];
  return {
    // Clients may ask for the largest that any server gives; where this one gives less, they get more pages.
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(most)
      .default(config["search.page"])
      .transform((asked) => Math.min(asked, config["search.largestPage"])),
    cursor: z.string().max(8_192).optional(),
  };
}

/** What is asked for by `true`. */
export const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((asked) => asked === "true");

/** With `fresh=true` an answer has everything that was acknowledged before the question; otherwise what `asOf` says. */
export const freshness = { fresh: flag } as const;
