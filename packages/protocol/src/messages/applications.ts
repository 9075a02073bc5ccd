/** Applications as they check in, and what the server says to each. */
import { z } from "zod";
import { applicationNumberSchema } from "../identifier.ts";
import { limits } from "../limits.ts";

export const applicationSchema = z.object({
  number: applicationNumberSchema,
  version: z.string().min(1).max(128),
  channel: z.string().min(1).max(64).optional(),
});
export type Application = z.infer<typeof applicationSchema>;

export const applicationsSchema = z.array(applicationSchema).min(1).max(limits.applications);

/** As in Omaha, each application has a status of its own; one unknown number never fails a check-in. */
export const applicationStatuses = ["ok", "unknown", "restricted"] as const;
export const applicationStatusSchema = z.object({
  number: applicationNumberSchema,
  status: z.enum(applicationStatuses),
});
