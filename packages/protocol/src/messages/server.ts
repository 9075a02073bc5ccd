/** `GET /v1/server`: who the server is, and what it takes. */
import { z } from "zod";
import { digestSchema } from "../digest.ts";
import {
  publicKeySchema,
  type SigningKey,
  signatureSchema,
  signCanonical,
  verifyCanonical,
} from "../keys.ts";

export const policyNameSchema = z.object({ version: z.int().min(0), digest: digestSchema });
export type PolicyName = z.infer<typeof policyNameSchema>;

/** Sections with the highest schema taken of each. */
export const acceptsSchema = z.record(z.string().max(64), z.int().min(1));

/** A key of the server, announced under its identity key. */
const announcedKey = z.object({
  use: z.literal("receipt-key"),
  server: publicKeySchema,
  key: publicKeySchema,
  at: z.iso.datetime(),
  signature: signatureSchema,
});
export type AnnouncedKey = z.infer<typeof announcedKey>;
/** Loose, as everything signed: a newer server may say more, and the signature is over all of it. */
export const announcedKeySchema = announcedKey.loose();

export function announceReceiptKey(identity: SigningKey, key: string, at: string): AnnouncedKey {
  const statement = { use: "receipt-key" as const, server: identity.publicKey, key, at };
  return { ...statement, signature: signCanonical(identity, statement) };
}

/** Whether this is a receipt key that the server with this id announced. */
export function isAnnouncedBy(server: string, { signature, ...statement }: AnnouncedKey): boolean {
  return statement.server === server && verifyCanonical(server, statement, signature);
}

export const serverAnswer = z.object({
  server: publicKeySchema,
  organisation: z.object({ name: z.string().max(256), contact: z.string().max(512) }),
  receiptKey: announcedKeySchema,
  policy: policyNameSchema,
  accepts: acceptsSchema,
  limits: z.record(z.string(), z.number()),
});
export type ServerAnswer = z.infer<typeof serverAnswer>;
