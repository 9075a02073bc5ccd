/** `/v1/me…`: what the person at a device asks of the server, each request under a proof of use `me`. */
import { z } from "zod";
import { installationIdSchema } from "../identifier.ts";
import { publicKeySchema, signatureSchema } from "../keys.ts";
import { announcedKeySchema } from "./announcements.ts";
import { sectionNameSchema } from "./check-in.ts";
import { consentReceipt } from "./consent.ts";
import { receiptSchema } from "./sections.ts";

const fieldSchema = z.string().regex(/^\w{1,64}(\.\w{1,64}){0,7}$/);

/**
 * `POST /v1/me/correct`: this field is wrong, and this is right. `field` names one of the section's document, as the
 * catalogue writes it (`board.serial`); `value` null takes an earlier correction back.
 */
export const correctionRequest = z.strictObject({
  section: sectionNameSchema,
  field: fieldSchema,
  value: z.union([z.string().max(65_536), z.number(), z.boolean(), z.null()]),
  reason: z.string().max(1_024).optional(),
});
export type CorrectionRequest = z.infer<typeof correctionRequest>;

/** A correction as it is shown, beside the value that was collected. */
export const correctionSchema = z.object({
  section: sectionNameSchema,
  field: fieldSchema,
  value: z.unknown(),
  /** null where nothing was. */
  collected: z.unknown(),
  reason: z.string().max(1_024).nullable(),
  at: z.iso.datetime(),
});
export type Correction = z.infer<typeof correctionSchema>;
export const correctionAnswer = z.object({ corrections: z.array(correctionSchema).max(1_000) });
export type CorrectionAnswer = z.infer<typeof correctionAnswer>;

/** Somebody read this device's data, so often on one day. */
const lookupSchema = z.object({
  /** The latest time, and the first of the day. */
  at: z.iso.datetime(),
  since: z.iso.datetime(),
  /** Role and account. */
  by: z.string().max(512),
  purpose: z.string().max(64),
  /** `list`: it was one of those that a question found; `record`: everything of it was read. */
  what: z.enum(["list", "record"]),
  times: z.int().min(1),
});
export const lookupsAnswer = z.object({ items: z.array(lookupSchema).max(1_000) });
export type LookupsAnswer = z.infer<typeof lookupsAnswer>;

/** `GET /v1/me/receipts`: what the server holds, signed anew; null where nothing is held. */
export const receiptsAnswer = z.object({
  receiptKey: announcedKeySchema,
  consent: consentReceipt.nullable(),
  state: receiptSchema.nullable(),
});
export type ReceiptsAnswer = z.infer<typeof receiptsAnswer>;

const signedDeletion = z.object({
  use: z.literal("deletion"),
  server: publicKeySchema,
  installation: installationIdSchema,
  /** Everything, or what is personal on an organisation's device. */
  scope: z.enum(["everything", "personal"]),
  /** Those that were emptied, where it was not everything. */
  categories: z.array(z.string().max(64)).max(64).optional(),
  at: z.iso.datetime(),
  signature: signatureSchema,
});
export type DeletionReceipt = z.infer<typeof signedDeletion>;
/** Loose, as everything signed: a newer server may say more, and the signature is over all of it. */
export const deletionReceipt = signedDeletion.loose();

/** What a person asked of the organisation, which decides. */
export const dataRequestSchema = z.object({
  number: z.int().min(1),
  kind: z.literal("deletion"),
  state: z.enum(["open", "decided"]),
  at: z.iso.datetime(),
});
export type DataRequest = z.infer<typeof dataRequestSchema>;

/** `POST /v1/me/delete`. */
export const deletionRequest = z.strictObject({});
/** 200: everything is gone; 202: what is personal is gone, the rest is a request to the organisation. */
export const deletionAnswer = z.object({
  receipt: deletionReceipt,
  request: dataRequestSchema.optional(),
});
export type DeletionAnswer = z.infer<typeof deletionAnswer>;
