/**
 * How the audit log holds together: a chain of entries for each server process. An entry's hash is over the hash before it and over commitments to what may be a
 * person's: whoever acted, and what was changed. A value can be erased with its salt, and the chain still holds; any
 * other change, a gap and a different order are found by whoever has the hash of a later entry.
 */
import { createHmac } from "node:crypto";
import { type Digest, digestOf, digestSchema, signatureSchema, verifyCanonical } from "@rollcall/protocol";
import { z } from "zod";

/** A value that can be erased; then only its commitment is left. */
const committedSchema = z.object({
  value: z.string().nullable(),
  salt: z.string().nullable(),
  commitment: digestSchema,
});
export type Committed = z.infer<typeof committedSchema>;

export const auditEntrySchema = z.object({
  chain: z.int(),
  number: z.int(),
  at: z.iso.datetime(),
  action: z.string(),
  requestId: z.string().nullable(),
  account: committedSchema,
  subject: committedSchema,
  hash: digestSchema,
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** An entry as it is hashed. */
export type Unhashed = Omit<AuditEntry, "hash">;

/** Where a chain stands after an entry. */
export interface Link {
  readonly chain: number;
  readonly number: number;
  readonly hash: Digest;
}

/** What a chain had no name for while there was one for all. */
const named = <T extends { readonly chain: number }>({ chain, ...rest }: T) =>
  chain === 1 ? rest : { ...rest, chain };

/** What the first entry of a chain follows. */
export const beginningOf = (chain: number): Link => ({
  chain,
  number: 0,
  hash: digestOf(named({ use: "audit", chain })),
});

/** How an entry or a link is called: of the first chain by its number. */
export const nameOf = ({ chain, number }: Omit<Link, "hash">): string =>
  chain === 1 ? String(number) : `${chain}/${number}`;

/** HMAC-SHA-256 under a random salt: without it nobody can try out which value it was. */
export function commit(value: string, salt: string): Digest {
  return createHmac("sha256", salt).update(value).digest("base64url");
}

/** Its chain is in what the first entry follows. */
export function hashOf({ chain: _, account, subject, ...rest }: Unhashed, previous: Digest): Digest {
  return digestOf({ ...rest, account: account.commitment, subject: subject.commitment, previous });
}

/** The end of what was cut from the beginning, signed with the server's identity key over the canonical rest. */
export const checkpointSchema = z.object({
  use: z.literal("audit-checkpoint"),
  server: z.string(),
  chain: z.int(),
  number: z.int(),
  hash: digestSchema,
  at: z.iso.datetime(),
  signature: signatureSchema,
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** What of a checkpoint is signed. */
export const signedCheckpoint = (checkpoint: Omit<Checkpoint, "signature">) => named(checkpoint);

/** What is wrong with a checkpoint, or null. */
export function checkpointFault({ signature, ...rest }: Checkpoint, server: string): string | null {
  if (rest.server !== server) return "the checkpoint is another server's";
  return verifyCanonical(server, signedCheckpoint(rest), signature)
    ? null
    : "the checkpoint's signature does not fit";
}

/** What is wrong with an entry behind this link, or null. */
export function entryFault({ hash, ...entry }: AuditEntry, before: Link): string | null {
  const { chain, number, account, subject } = entry;
  const name = nameOf(entry);
  if (number !== before.number + 1) return `entry ${nameOf({ chain, number: before.number + 1 })} is missing`;
  if (!holds(account)) return `the account of entry ${name} is not the one that was entered`;
  if (!holds(subject)) return `the subject of entry ${name} is not the one that was entered`;
  return hashOf(entry, before.hash) === hash ? null : `entry ${name} does not fit the one before it`;
}

const holds = ({ value, salt, commitment }: Committed): boolean =>
  value === null || salt === null ? value === salt : commit(value, salt) === commitment;
