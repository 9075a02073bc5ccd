/**
 * Keys of the server that its identity key vouches for: the one that signs receipts, and the CA of its certificate.
 * A new one is announced in check-in answers before it comes into use, so that agents take it over in time.
 */
import { z } from "zod";
import {
  publicKeySchema,
  type SigningKey,
  signatureSchema,
  signCanonical,
  verifyCanonical,
} from "../keys.ts";

const vouched = { server: publicKeySchema, at: z.iso.datetime(), signature: signatureSchema };

const announcedKey = z.object({ use: z.literal("receipt-key"), key: publicKeySchema, ...vouched });
export type AnnouncedKey = z.infer<typeof announcedKey>;
/** Loose, as everything signed: a newer server may say more, and the signature is over all of it. */
export const announcedKeySchema = announcedKey.loose();

/** A certificate, or several one after the other, in PEM. */
export const certificatePemSchema = z
  .string()
  .max(8_192)
  .regex(/^(-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n?)+$/);

const announcedCa = z.object({ use: z.literal("ca"), ca: certificatePemSchema, ...vouched });
export type AnnouncedCa = z.infer<typeof announcedCa>;
export const announcedCaSchema = announcedCa.loose();

export type Announcement = AnnouncedKey | AnnouncedCa;
export const announcementSchema = z.discriminatedUnion("use", [announcedKeySchema, announcedCaSchema]);
/** As they arrive: what a newer server announces for other uses is passed over. */
export const announcementsSchema = z.array(z.unknown()).max(64);

export function announceReceiptKey(identity: SigningKey, key: string, at: string): AnnouncedKey {
  const statement = { use: "receipt-key" as const, server: identity.publicKey, key, at };
  return { ...statement, signature: signCanonical(identity, statement) };
}

export function announceCa(identity: SigningKey, ca: string, at: string): AnnouncedCa {
  const statement = { use: "ca" as const, server: identity.publicKey, ca, at };
  return { ...statement, signature: signCanonical(identity, statement) };
}

/** Whether the server with this id vouches for what is announced. */
export function isAnnouncedBy(server: string, { signature, ...statement }: Announcement): boolean {
  return statement.server === server && verifyCanonical(server, statement, signature);
}

/** What the server with this id vouches for, of all that came. */
export function announcementsOf(server: string, came: readonly unknown[]): readonly Announcement[] {
  return came.flatMap((each) => {
    const read = announcementSchema.safeParse(each);
    return read.success && isAnnouncedBy(server, read.data) ? [read.data] : [];
  });
}
