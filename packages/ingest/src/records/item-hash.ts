/** What an item is found again by. */
import { hash } from "node:crypto";

/** Characters of a hash: 132 bits of SHA-256, so that nobody makes an item that is taken for another. */
export const hashLength = 22;

export const itemHash = (section: string, body: string): string =>
  hash("sha256", `${section}\n${body}`, "base64url").slice(0, hashLength);
