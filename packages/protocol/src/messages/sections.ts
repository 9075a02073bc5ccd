/** `PUT /v1/sections`: the sections that changed, and the receipt for them. */
import { z } from "zod";
import { digestSchema } from "../digest.ts";
import { installationIdSchema } from "../identifier.ts";
import {
  publicKeySchema,
  type SigningKey,
  signatureSchema,
  signCanonical,
  verifyCanonical,
} from "../keys.ts";
import { statusSchema } from "../status.ts";
import { counterSchema, sectionNameSchema } from "./check-in.ts";
import { consentNumberSchema } from "./consent.ts";

/** More than there will ever be definitions. */
const mostSections = 256;

const countable = (value: unknown) =>
  typeof value !== "object" || value === null || Object.keys(value).length <= mostSections;

// A record's schema passes over this one name in silence; what is not stored has to be refused.
const nameable = (value: unknown) =>
  typeof value !== "object" || value === null || !Object.hasOwn(value, "__proto__");

// Counted before the names are looked at, because each wrong name is an error of its own.
const sectionsByName = z
  .unknown()
  .refine(countable, { error: `more than ${mostSections} sections`, abort: true })
  .refine(nameable, { error: "__proto__ is no section's name", abort: true })
  .pipe(z.record(sectionNameSchema, z.unknown()));

/** Each section is checked on its own afterwards, so that good ones are stored when others are refused. */
export const sectionsRequest = z.strictObject({
  counter: counterSchema,
  /** null: this is everything; sections that are not named are removed. */
  baseStateDigest: digestSchema.nullable(),
  consentNumber: consentNumberSchema,
  sections: sectionsByName,
});
export type SectionsRequest = z.infer<typeof sectionsRequest>;

const signedReceipt = z.object({
  use: z.literal("receipt"),
  server: publicKeySchema,
  installation: installationIdSchema,
  counter: counterSchema,
  /** Of everything that the server holds now. */
  stateDigest: digestSchema,
  consentNumber: consentNumberSchema,
  policyDigest: digestSchema,
  at: z.iso.datetime(),
  /** Of this request. */
  sections: z.record(sectionNameSchema, z.tuple([statusSchema, digestSchema.nullable()])),
  signature: signatureSchema,
});
export type Receipt = z.infer<typeof signedReceipt>;
/** Loose, as everything signed: a newer server may say more, and the signature is over all of it. */
export const receiptSchema = signedReceipt.loose();

/** What a 409 `base-changed` tells besides: which of the three is not the current one; `consent` comes with the stored list. */
export const baseChanged = z.object({ reason: z.enum(["base", "counter", "consent"]).optional() });
export type BaseChangedReason = NonNullable<z.infer<typeof baseChanged>["reason"]>;

/** Signs what the server acknowledges, or any other statement of the server's that ends in `signature`. */
export function signReceipt<T extends object>(key: SigningKey, statement: T): T & { signature: string } {
  return { ...statement, signature: signCanonical(key, statement) };
}

/** Whether the receipt was signed with this receipt key. */
export function isReceiptOf(
  receiptKey: string,
  { signature, ...statement }: { readonly signature: string },
): boolean {
  return verifyCanonical(receiptKey, statement, signature);
}

export const sectionsAnswer = z.object({
  refused: z
    .array(
      z.object({
        section: z.string().max(64),
        errors: z.array(z.object({ pointer: z.string().max(4_096), detail: z.string().max(4_096) })).max(100),
      }),
    )
    .max(mostSections),
  receipt: receiptSchema,
});
export type SectionsAnswer = z.infer<typeof sectionsAnswer>;
