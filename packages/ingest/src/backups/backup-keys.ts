/** The pair of keys that backups are encrypted to: the public half is known to the server, the private half is not. */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { publicKeyPattern } from "./format.ts";

const jwk = z.looseObject({ kty: z.literal("OKP"), crv: z.literal("X25519"), x: z.string() });

export const publicKeyOf = (key: KeyObject): string => jwk.parse(key.export({ format: "jwk" })).x;

const fromText = (x: string): KeyObject =>
  createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" });

/** A new pair: the private half as PEM (PKCS #8), the public one as it is given to `--encrypt-to`. */
export function newBackupKey(): { readonly pem: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  return {
    pem: String(privateKey.export({ format: "pem", type: "pkcs8" })),
    publicKey: publicKeyOf(publicKey),
  };
}

/** What `--encrypt-to` names: a public key, or a file with one (as it was printed, or PEM). Throws with what is wrong. */
export function readRecipient(typed: string): string {
  const text = (existsSync(typed) ? readFileSync(typed, "utf8") : typed).trim();
  if (publicKeyPattern.test(text)) return text;
  if (text.includes("PRIVATE KEY"))
    throw new Error(`${typed} is a private key, which does not belong on a server; give its public one`);
  try {
    return publicKeyOf(createPublicKey(text));
  } catch (cause) {
    throw new Error(`${typed} is neither a public key of rollcall backup keygen nor a file with one`, {
      cause,
    });
  }
}

/** The private key in a file. Throws where it is none. */
export function readIdentity(file: string): KeyObject {
  try {
    const key = createPrivateKey(readFileSync(file));
    publicKeyOf(createPublicKey(key));
    return key;
  } catch (cause) {
    throw new Error(`${file} is not a private key of rollcall backup keygen`, { cause });
  }
}

const keyBytes = 32;

/** The key of one backup, from either side: it takes one private half and the other's public one. */
function keyOf(privateKey: KeyObject, other: string, ephemeral: string, recipient: string): Uint8Array {
  const shared = diffieHellman({ privateKey, publicKey: fromText(other) });
  const salt = Buffer.from(`${ephemeral} ${recipient}`);
  return new Uint8Array(hkdfSync("sha256", shared, salt, "rollcall backup 1", keyBytes));
}

/** For a new backup: its own ephemeral public key, and the key to seal it with. */
export function keyFor(recipient: string): { readonly ephemeral: string; readonly key: Uint8Array } {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  const ephemeral = publicKeyOf(publicKey);
  return { ephemeral, key: keyOf(privateKey, recipient, ephemeral, recipient) };
}

/** Throws where the backup is for another key. */
export function keyFrom(
  identity: KeyObject,
  { ephemeral, recipient }: { readonly ephemeral: string; readonly recipient: string },
): Uint8Array {
  const own = publicKeyOf(createPublicKey(identity));
  if (own !== recipient) throw new Error(`it is encrypted to ${recipient}, the key given is that of ${own}`);
  return keyOf(identity, ephemeral, ephemeral, recipient);
}
