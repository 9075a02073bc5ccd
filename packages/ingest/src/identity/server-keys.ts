/** The server's keys: its identity, whose public half is its id, and the receipt key that it announces. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "@rollcall/host";
import {
  type AnnouncedKey,
  announceReceiptKey,
  newSigningKey,
  type SigningKey,
  signingKeyFromPem,
  signingKeyToPem,
} from "@rollcall/protocol";

export interface ServerKeys {
  readonly identity: SigningKey;
  readonly receipt: SigningKey;
  readonly announcement: AnnouncedKey;
}

/** Reads the keys below the data directory, making them at the first start. */
export function openServerKeys(directory: string, now: Date): ServerKeys {
  const folder = join(directory, "keys");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const identity = keyIn(join(folder, "identity.pem"));
  const receipt = keyIn(join(folder, "receipt.pem"));
  return {
    identity,
    receipt,
    announcement: announceReceiptKey(identity, receipt.publicKey, now.toISOString()),
  };
}

function keyIn(file: string): SigningKey {
  try {
    return signingKeyFromPem(readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) {
      throw new Error(`${file} is not a key that this server can use`, { cause: error });
    }
  }
  const key = newSigningKey();
  // A key that was handed out must never be lost.
  writeAtomically(file, signingKeyToPem(key));
  return key;
}
