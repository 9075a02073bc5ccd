/** `PUT /v1/consent`: the whole list of grants, numbered. */
import { z } from "zod";
import { grantsSchema } from "../consent.ts";
import { digestSchema } from "../digest.ts";
import { installationIdSchema } from "../identifier.ts";
import { publicKeySchema, signatureSchema } from "../keys.ts";

/** Far beyond what a person changes; bounded so that the number after it is one, too. */
export const consentNumberSchema = z
  .int()
  .min(1)
  .max(2 ** 31);

export const consentRequest = z.strictObject({ consentNumber: consentNumberSchema, grants: grantsSchema });
export type ConsentRequest = z.infer<typeof consentRequest>;

const signedReceipt = z.object({
  use: z.literal("consent"),
  server: publicKeySchema,
  installation: installationIdSchema,
  consentNumber: consentNumberSchema,
  grantsDigest: digestSchema,
  at: z.iso.datetime(),
  signature: signatureSchema,
});
export type ConsentReceipt = z.infer<typeof signedReceipt>;
/** Loose, as everything signed: a newer server may say more, and the signature is over all of it. */
export const consentReceipt = signedReceipt.loose();
export const consentAnswer = z.object({ receipt: consentReceipt });
export type ConsentAnswer = z.infer<typeof consentAnswer>;

/** What a 409 `consent-changed` tells besides. */
export const storedConsent = z.object({ consentNumber: consentNumberSchema, grants: grantsSchema });
export type StoredConsent = z.infer<typeof storedConsent>;
