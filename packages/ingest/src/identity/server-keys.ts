/** The server's keys: its identity, whose public half is its id, and the receipt key that it announces. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
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

/**
 * Reads the keys below the data directory, making them at the first start. Throws when the identity is not that of
 * the server that is `remembered`: its agents would trust no other, and a new one would not bring it back.
 */
export function openServerKeys(directory: string, now: Date, remembered: string | null = null): ServerKeys {
  const folder = join(directory, "keys");
  const identityFile = join(folder, "identity.pem");
  if (remembered !== null && !existsSync(identityFile))
    throw wrongIdentity(folder, remembered, "identity.pem is missing");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const identity = keyIn(identityFile);
  if (remembered !== null && identity.publicKey !== remembered)
    throw wrongIdentity(folder, remembered, `identity.pem is that of server ${identity.publicKey}`);
  const receipt = keyIn(join(folder, "receipt.pem"));
  return {
    identity,
    receipt,
    announcement: announceReceiptKey(identity, receipt.publicKey, now.toISOString()),
  };
}

const wrongIdentity = (folder: string, remembered: string, why: string) =>
  new Error(
    `${folder} does not hold the keys of this database's server, ${remembered}: ${why}. ` +
      "Its agents trust no other; restore the folder from a copy.",
  );

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
