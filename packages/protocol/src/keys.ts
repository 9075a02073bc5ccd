/** Ed25519 keys (RFC 8032): 32 raw bytes, written base64url, and signatures over canonical JSON. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { z } from "zod";
import { canonicalBytes } from "./json.ts";

/** A public key as text: 43 characters. A server's is its id. */
export type PublicKey = string;
// Only the one base64url form is taken, in which the bits that the last character has too many are zero:
// otherwise one key could be written in four ways and pass for four.
export const publicKeySchema = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);
export const signatureSchema = z.string().regex(/^[A-Za-z0-9_-]{85}[AQgw]$/);

export interface SigningKey {
  readonly publicKey: PublicKey;
  readonly privateKey: KeyObject;
}

export function newSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  return signingKeyOf(privateKey);
}

/** Reads a private key from PKCS #8 PEM; throws when it is not Ed25519. */
export function signingKeyFromPem(pem: string): SigningKey {
  return signingKeyOf(createPrivateKey(pem));
}

export function signingKeyToPem(key: SigningKey): string {
  return key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function signingKeyOf(privateKey: KeyObject): SigningKey {
  if (privateKey.asymmetricKeyType !== "ed25519") throw new Error("not an Ed25519 key");
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  return { publicKey: publicKeySchema.parse(x), privateKey };
}

/** The signature over the canonical form of a value, base64url. */
export function signCanonical(key: SigningKey, value: unknown): string {
  return sign(null, canonicalBytes(value), key.privateKey).toString("base64url");
}

/** Whether the signature over the value's canonical form was made with this public key. Never throws. */
export function verifyCanonical(publicKey: PublicKey, value: unknown, signature: string): boolean {
  try {
    return verifyBytes(publicKey, canonicalBytes(value), signature);
  } catch {
    // What has no canonical form was never signed.
    return false;
  }
}

/** Whether the signature over these bytes was made with this public key. Never throws. */
export function verifyBytes(publicKey: PublicKey, bytes: Uint8Array, signature: string): boolean {
  if (!publicKeySchema.safeParse(publicKey).success || !signatureSchema.safeParse(signature).success)
    return false;
  try {
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
    return verify(null, bytes, key, Buffer.from(signature, "base64url"));
  } catch {
    return false;
  }
}
