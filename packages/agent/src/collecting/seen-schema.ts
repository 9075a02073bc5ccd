/** What was seen, as it comes back from another process or from the state. */
import { z } from "zod";
import { mostEntries } from "./seen.ts";

export const seenSchema = z.object({
  entries: z.array(z.string().max(4_098)).max(mostEntries).readonly(),
  stood: z.string().max(64),
});
