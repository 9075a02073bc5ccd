/**
 * The enrolment string: all that an agent needs to find its server and be let in.
 * `rc1.` + base64url(JSON `{url, server, ca?, token}`) + `.` + CRC-32 in eight hexadecimal digits.
 */
import { crc32 } from "node:zlib";
import { z } from "zod";
import { canonical, parseJson } from "./json.ts";
import { publicKeySchema } from "./keys.ts";

export const enrolmentTokenSchema = z.string().regex(/^rce_[A-Za-z0-9_-]{43}$/);

const enrolmentSchema = z.object({
  /** `https://HOST[:PORT]`, `unix:/PATH`, or `http://` on loopback for tests. */
  url: z
    .string()
    .max(1_024)
    .regex(/^(https?:\/\/[^\s]+|unix:\/[^\0]+)$/),
  server: publicKeySchema,
  /** The server's own CA, PEM, where its certificate is no public one. */
  ca: z.string().max(8_192).optional(),
  token: enrolmentTokenSchema,
});
export type Enrolment = z.infer<typeof enrolmentSchema>;

const prefix = "rc1.";

const checksum = (payload: string) => crc32(payload).toString(16).padStart(8, "0");

export function writeEnrolmentString(enrolment: Enrolment): string {
  const payload = Buffer.from(canonical(enrolmentSchema.parse(enrolment))).toString("base64url");
  return `${prefix}${payload}.${checksum(prefix + payload)}`;
}

export type EnrolmentStringError = { readonly error: "mistyped"; readonly detail: string };

/** Reads a string that a person may have typed; white space around it does not matter. */
export function readEnrolmentString(typed: string): Enrolment | EnrolmentStringError {
  const text = typed.trim();
  const match = /^rc1\.([A-Za-z0-9_-]+)\.([0-9a-f]{8})$/.exec(text);
  if (!match)
    return {
      error: "mistyped",
      detail: "An enrolment string begins with rc1. and has three parts; was all of it copied?",
    };
  const [, payload = "", sum] = match;
  if (checksum(prefix + payload) !== sum)
    return { error: "mistyped", detail: "The enrolment string is mistyped: its checksum does not fit." };
  try {
    return enrolmentSchema.parse(parseJson(Buffer.from(payload, "base64url")));
  } catch {
    return {
      error: "mistyped",
      detail:
        "The enrolment string is whole but does not say what one has to; it may be from a newer server.",
    };
  }
}
