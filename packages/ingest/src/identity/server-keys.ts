/** The server's keys: its identity, whose public half is its id, and the receipt key that it announces. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
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
  writeDurably(file, signingKeyToPem(key));
  return key;
}

/** A key that was handed out must never be lost: temporary file, fsync, rename, fsync of the folder. */
function writeDurably(file: string, content: string): void {
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  const descriptor = openSync(temporary, "wx", 0o600);
  writeSync(descriptor, content);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, file);
  if (process.platform === "win32") return;
  const folder = openSync(join(file, ".."), "r");
  fsyncSync(folder);
  closeSync(folder);
}
