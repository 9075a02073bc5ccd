/** Digests: SHA-256, written base64url without padding (43 characters). */
import { createHash } from "node:crypto";
import { z } from "zod";
import { canonical } from "./json.ts";
import type { Status } from "./status.ts";

export type Digest = string;
/** 32 bytes in their one base64url form: the two bits that the last character has too many are zero. */
export const digestSchema = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);

export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return createHash("sha256").update(bytes).digest("base64url");
}

/** The digest of a value's canonical form. */
export function digestOf(value: unknown): Digest {
  return digestOfBytes(canonical(value));
}

/** What the state digest is made of: each section's status, and the digest of its document where there is one. */
export type SectionStates = Readonly<Record<string, readonly [Status, Digest | null]>>;

/** The digest of everything that a server acknowledged; of `{}` at first. */
export function stateDigest(states: SectionStates): Digest {
  return digestOf(states);
}

/** `Repr-Digest` (RFC 9530) of a body as it is sent, content encoding included. */
export function reprDigest(body: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
}

/** Whether a `Repr-Digest` header names this body's SHA-256; other algorithms in the header are not looked at. */
export function reprDigestMatches(header: string, body: Uint8Array): boolean {
  const expected = reprDigest(body);
  return header.split(",").some((part) => part.trim() === expected);
}
