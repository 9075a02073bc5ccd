/** `POST /v1/sessions`: a device that holds its key gets a session of at most a day. */
import { z } from "zod";
import { installationIdSchema } from "../identifier.ts";
import { sessionTokenSchema } from "./enrolment.ts";

export const sessionRequest = z.object({ installation: installationIdSchema });
export const sessionAnswer = z.object({ session: sessionTokenSchema, expiresAt: z.iso.datetime() });
export type SessionAnswer = z.infer<typeof sessionAnswer>;
