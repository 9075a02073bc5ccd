/** What is answered to questions about software and values, member for member. */
import { z } from "zod";

const asOf = z.iso.datetime();
const seen = z.iso.datetime().nullable();
const next = z.string().nullable();

export const titlePage = z.strictObject({
  asOf,
  items: z.array(
    z.strictObject({
      source: z.string(),
      name: z.string(),
      version: z.string(),
      devices: z.int(),
      firstSeenAt: seen,
      lastSeenAt: seen,
    }),
  ),
  next,
  /**
   * Where titles were asked for by devices: `sampled`, when those that are listed were chosen from a sample of the
   * devices. How many devices have each is counted all the same.
   */
  order: z.enum(["devices", "sampled"]).optional(),
});

export const facets = z.strictObject({
  asOf,
  /** Of a past day: devices with values that too few have to be named. */
  others: z.int().optional(),
  items: z.array(z.strictObject({ value: z.union([z.string(), z.number()]), devices: z.int() })),
  next,
});
