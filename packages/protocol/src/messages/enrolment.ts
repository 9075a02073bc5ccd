/** `POST /v1/enrolments`: a device is let in with a token, or as the successor of an installation in doubt. */
import { z } from "zod";
import { ownerships } from "../categories.ts";
import { grantsSchema, wishesSchema } from "../consent.ts";
import { enrolmentTokenSchema } from "../enrolment-string.ts";
import { deviceIdSchema, installationIdSchema } from "../identifier.ts";
import { publicKeySchema } from "../keys.ts";
import { applicationsSchema } from "./applications.ts";
import { policyNameSchema } from "./server.ts";

export const osFactsSchema = z.object({
  type: z.string().min(1).max(64),
  version: z.string().min(1).max(128),
});

/** With `succeeds`, a second proof under that installation's key stands for the token. */
export const enrolmentRequest = z
  .object({
    token: enrolmentTokenSchema.optional(),
    succeeds: installationIdSchema.optional(),
    key: publicKeySchema,
    applications: applicationsSchema,
    os: osFactsSchema,
  })
  .refine(({ token, succeeds }) => (token === undefined) !== (succeeds === undefined), {
    error: "an enrolment names either a token or the installation that it succeeds",
  });
export type EnrolmentRequest = z.infer<typeof enrolmentRequest>;

export const sessionTokenSchema = z.string().regex(/^rcs_\d{1,15}\.[A-Za-z0-9_-]{43}$/);

export const enrolmentAnswer = z.object({
  installation: installationIdSchema,
  device: deviceIdSchema,
  session: sessionTokenSchema,
  ownership: z.enum(ownerships),
  /** Consent number 1: what the token carries. */
  grants: grantsSchema,
  /** What the organisation has a purpose for and the person at the device is asked. */
  asks: wishesSchema.optional(),
  policy: policyNameSchema,
  intervalSeconds: z.number(),
});
export type EnrolmentAnswer = z.infer<typeof enrolmentAnswer>;
