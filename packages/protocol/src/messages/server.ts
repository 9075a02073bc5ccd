/** `GET /v1/server`: who the server is, and what it takes. */
import { z } from "zod";
import { digestSchema } from "../digest.ts";
import { publicKeySchema } from "../keys.ts";
import { announcedCaSchema, announcedKeySchema, announcementsSchema } from "./announcements.ts";

export const policyNameSchema = z.object({ version: z.int().min(0), digest: digestSchema });
export type PolicyName = z.infer<typeof policyNameSchema>;

/** Sections with the highest schema taken of each. */
export const acceptsSchema = z.record(z.string().max(64), z.int().min(1));

export const serverAnswer = z.object({
  server: publicKeySchema,
  organisation: z.object({ name: z.string().max(256), contact: z.string().max(512) }),
  receiptKey: announcedKeySchema,
  /** The CA of the server's certificate, where it is its own. */
  ca: announcedCaSchema.optional(),
  announcements: announcementsSchema.optional(),
  policy: policyNameSchema,
  accepts: acceptsSchema,
  limits: z.record(z.string(), z.number()),
});
export type ServerAnswer = z.infer<typeof serverAnswer>;
