/** Secrets that the server hands out and keeps only as hashes. They are 32 random bytes, so a plain hash suffices. */
import { hash, timingSafeEqual } from "node:crypto";
import { newSecret } from "@rollcall/protocol";

export function hashSecret(secret: string): Uint8Array {
  return hash("sha256", secret, "buffer");
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A new enrolment or API token, and the hash to keep. */
export function newToken(prefix: "rce_" | "rct_"): { token: string; hash: Uint8Array } {
  const token = prefix + newSecret();
  return { token, hash: hashSecret(token) };
}

/** `rcs_ORDINAL.SECRET`: the ordinal finds the row, the secret's hash decides. */
export function newSession(ordinal: number): { session: string; hash: Uint8Array } {
  const secret = newSecret();
  return { session: `rcs_${ordinal}.${secret}`, hash: hashSecret(secret) };
}

export function readSession(session: string): { ordinal: number; hash: Uint8Array } | null {
  const match = /^rcs_(\d{1,15})\.([A-Za-z0-9_-]{43})$/.exec(session);
  return match ? { ordinal: Number(match[1]), hash: hashSecret(match[2] ?? "") } : null;
}
