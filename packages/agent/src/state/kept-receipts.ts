/** Receipts that outlast their enrolment, one file for each: what the server signed, with what it takes to verify it. */
import { deletionReceipt, installationIdSchema, publicKeySchema } from "@rollcall/protocol";
import { z } from "zod";
import type { StateDirectory, StateFile } from "./directory.ts";
import { type Installation, type Receipts, receiptsSchema } from "./files.ts";

const keptSchema = z.object({
  url: z.string().max(1_024),
  server: publicKeySchema,
  installation: installationIdSchema,
  /** Any of them may have signed. */
  receiptKeys: z.array(publicKeySchema).max(64),
  ...receiptsSchema.shape,
  deletions: z.array(deletionReceipt).max(1_000),
});
export type KeptReceipts = z.infer<typeof keptSchema>;

const namePattern = /^receipts-ins_[a-z2-7]{26}\.json$/;

const fileNamed = (name: string): StateFile<KeptReceipts> => ({
  name,
  schema: keptSchema,
  remedy: "move it away and keep it",
});

const fileOf = (installation: string) => fileNamed(`receipts-${installation}.json`);

/** Keeps the receipts of an enrolment that is over; tells the name of the file. */
export function keepReceipts(directory: StateDirectory, enrolled: Installation, receipts: Receipts): string {
  const { url, server, installation } = enrolled;
  const file = fileOf(installation);
  directory.write(file, { url, server, installation, receiptKeys: receiptKeysOf(enrolled), ...receipts });
  return file.name;
}

/** Every key that this server's receipts may be signed with. */
export const receiptKeysOf = ({
  receiptKey,
  comingReceiptKeys,
  formerReceiptKeys,
}: Installation): string[] => [receiptKey, ...comingReceiptKeys, ...formerReceiptKeys];

/** Those of every enrolment that is over. */
export const receiptsKept = (directory: StateDirectory): readonly KeptReceipts[] =>
  directory
    .names()
    .filter((name) => namePattern.test(name))
    .sort()
    .flatMap((name) => directory.read(fileNamed(name)) ?? []);

/** Those of this installation, once its enrolment is over, with the name of their file. */
export function receiptsKeptOf(directory: StateDirectory, installation: string) {
  const file = fileOf(installation);
  const kept = directory.read(file);
  return kept && { ...kept, file: file.name };
}
