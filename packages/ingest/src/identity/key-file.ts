/** A signing key in a file of its own, readable by the server's account alone. */
import { readFileSync } from "node:fs";
import { writeAtomically } from "@rollcall/host";
import { newSigningKey, type SigningKey, signingKeyFromPem, signingKeyToPem } from "@rollcall/protocol";

/** The key in a file, null when there is none. */
export function readKey(file: string): SigningKey | null {
  try {
    return signingKeyFromPem(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new Error(`${file} is not a key that this server can use`, { cause: error });
  }
}

export function newKeyIn(file: string): SigningKey {
  const key = newSigningKey();
  // A key that was handed out must never be lost.
  writeAtomically(file, signingKeyToPem(key));
  return key;
}
