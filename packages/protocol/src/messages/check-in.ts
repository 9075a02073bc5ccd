/** `POST /v1/check-ins`: the roll call itself. */
import { z } from "zod";
import { digestSchema } from "../digest.ts";
import { deviceIdSchema } from "../identifier.ts";
import { sectionNamePattern } from "../section.ts";
import { announcementsSchema } from "./announcements.ts";
import { applicationStatusSchema, applicationsSchema } from "./applications.ts";
import { acceptsSchema, policyNameSchema } from "./server.ts";

export const sectionNameSchema = z.string().max(64).regex(sectionNamePattern);

/** Goes up by one with every check-in; its nonce tells a repeat from a copy. */
export const counterSchema = z.int().min(1);
export const checkInNonceSchema = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

/** `{FIELD: number}` or, for lists, `{KEY: {FIELD: number}}`; what is allowed inside is the definition's business. */
const readingValue = z.union([z.number(), z.record(z.string().max(64), z.number())]);
export const readingsSchema = z.record(sectionNameSchema, z.record(z.string().max(4_096), readingValue));

export const checkInRequest = z.object({
  counter: counterSchema,
  nonce: checkInNonceSchema,
  stateDigest: digestSchema,
  consentNumber: z.int().min(1),
  applications: applicationsSchema,
  readings: readingsSchema.optional(),
});
export type CheckInRequest = z.infer<typeof checkInRequest>;

export const checkInAnswer = z.object({
  intervalSeconds: z.number(),
  /** Sections that the server wants whatever the agent thinks it has; `["*"]` after it lost or restored state. */
  wants: z.array(z.string().max(64)).max(256),
  accepts: acceptsSchema.optional(),
  /** Only those that are not `ok`. */
  applications: z.array(applicationStatusSchema).max(64).optional(),
  policy: policyNameSchema.optional(),
  /** While keys of the server change: of each use that changes, those in use and to come. */
  announcements: announcementsSchema.optional(),
  /** The device that this installation belongs to by now, where that is not the one that its enrolment named. */
  device: deviceIdSchema.optional(),
});
export type CheckInAnswer = z.infer<typeof checkInAnswer>;
