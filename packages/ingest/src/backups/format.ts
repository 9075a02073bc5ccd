/**
 * The form of a backup's file. A first line says how it is wrapped (`rollcall-backup 1 plain`, or `rollcall-backup 1
 * x25519 EPHEMERAL RECIPIENT`); behind it stands one zstd frame: the head, a line of JSON, then the bytes of the files
 * that the head lists, in its order. A plain one ends with the SHA-256 of everything before; an encrypted one is
 * sealed in chunks (`sealing.ts`), the first line being authenticated with each.
 */
import { z } from "zod";

const magic = "rollcall-backup";
const formatVersion = 1;

/** A public key of X25519, base64url. */
export const publicKeyPattern = /^[A-Za-z0-9_-]{43}$/;

export type Wrapping =
  | { readonly kind: "plain" }
  | { readonly kind: "x25519"; readonly ephemeral: string; readonly recipient: string };

/** With its line break. */
export function firstLine(wrapping: Wrapping): string {
  const how = wrapping.kind === "plain" ? "plain" : `x25519 ${wrapping.ephemeral} ${wrapping.recipient}`;
  return `${magic} ${formatVersion} ${how}\n`;
}

/** The longest first line that there is, with its line break. */
export const longestFirstLine = 128;

/** Throws with what is wrong with the line. */
export function readFirstLine(line: string): Wrapping {
  const [name, version, kind, ephemeral = "", recipient = "", ...more] = line.split(" ");
  if (name !== magic) throw new Error("it is no backup of Rollcall");
  if (version !== String(formatVersion))
    throw new Error(`its format is ${version}, this program knows ${formatVersion}`);
  if (kind === "plain" && ephemeral === "") return { kind };
  if (
    kind === "x25519" &&
    more.length === 0 &&
    [ephemeral, recipient].every((key) => publicKeyPattern.test(key))
  )
    return { kind, ephemeral, recipient };
  throw new Error("its first line is damaged");
}

export const databaseName = "rollcall.db";
export const configName = "config.json";

/** Files below `keys` that a backup may hold. Never the key of the ledger of deletions: no backup may know whom it names. */
const keyName = /^keys\/(?!ledger)[a-z][a-z0-9-]{0,60}\.(pem|json)$/;

export const isBackedUp = (name: string): boolean =>
  name === databaseName || name === configName || keyName.test(name);

const file = z.strictObject({
  name: z.string().refine(isBackedUp),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const headSchema = z.strictObject({
  at: z.iso.datetime(),
  /** The id of the server whose database it is. */
  server: z.string(),
  databaseVersion: z.int().min(1),
  /** Rows of each table. */
  rows: z.record(z.string(), z.int().min(0)),
  files: z.array(file).min(1),
});
export type Head = z.infer<typeof headSchema>;
export type BackupFile = z.infer<typeof file>;

/** Bytes of a head's line at most. */
export const longestHead = 256 * 1024;
