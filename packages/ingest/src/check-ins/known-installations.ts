/**
 * What a check-in is decided by, as the row had it when it was asked last: 72 bytes of memory for each installation of
 * which nothing is wanted and for which there is no news. It holds as long as the row's version stays. Hashes are kept
 * by their first half: whoever made up something that only looks the same would deceive nobody but itself.
 */
import { hash } from "node:crypto";
import type { Application } from "@rollcall/protocol";
import { perSlice } from "../store/column.ts";

export interface KnownInstallation {
  readonly ordinal: number;
  readonly device: number;
  readonly sessionHash: Uint8Array;
  /** Milliseconds since 1970. */
  readonly sessionExpiresAt: number;
  readonly stateDigest: string;
  readonly consentNumber: number;
  /** JSON, as the row has them. */
  readonly applications: string;
  /** As the row has it. */
  readonly counter: number;
  /** Whether its country is to be known. */
  readonly isLocated: boolean;
  /** ISO 3166 code. */
  readonly country: string | null;
}

/** Where each stands in the bytes of an installation. */
const at = {
  device: 0,
  consentNumber: 4,
  counter: 8,
  isLocated: 12,
  country: 13,
  expiresAt: 16,
  session: 24,
  state: 40,
  applications: 56,
} as const;
const bytesEach = 64;
const halfHash = 16;
const textBytes = 8;
const mostOfWord = 2 ** 32 - 1;

class Slice {
  readonly bytes = Buffer.alloc(perSlice * bytesEach);
  readonly versions = new Float64Array(perSlice);
}

/** The part of `KnownInstallation` that a device sends each time. */
interface Said {
  readonly stateDigest: string;
  readonly consentNumber: number;
  readonly applications: readonly Application[];
}

export class KnownInstallations {
  readonly #slices: (Slice | undefined)[] = [];

  /** Keeps it for as long as its version is this one. */
  put(known: KnownInstallation, version: number): void {
    if (known.consentNumber > mostOfWord || known.counter > mostOfWord || known.device > mostOfWord) return;
    const number = Math.floor(known.ordinal / perSlice);
    const slice = this.#slices[number] ?? new Slice();
    this.#slices[number] = slice;
    const from = (known.ordinal % perSlice) * bytesEach;
    const { bytes, versions } = slice;
    bytes.writeUInt32LE(known.device, from + at.device);
    bytes.writeUInt32LE(known.consentNumber, from + at.consentNumber);
    bytes.writeUInt32LE(known.counter, from + at.counter);
    bytes.writeUInt8(known.isLocated ? 1 : 0, from + at.isLocated);
    bytes.write((known.country ?? "").padEnd(2, "\0"), from + at.country, 2, "latin1");
    bytes.writeDoubleLE(known.sessionExpiresAt, from + at.expiresAt);
    bytes.set(known.sessionHash.subarray(0, halfHash), from + at.session);
    bytes.set(digestBytes(known.stateDigest), from + at.state);
    bytes.set(textHash(known.applications), from + at.applications);
    versions[known.ordinal % perSlice] = version;
  }

  has(ordinal: number, version: number): boolean {
    return this.#find(ordinal, version) !== null;
  }

  /** The device of the installation with this session, 0 where that is not known, or over. */
  deviceOf(
    ordinal: number,
    version: number,
    session: { readonly hash: Uint8Array; readonly now: number },
  ): number {
    const found = this.#find(ordinal, version);
    if (!found) return 0;
    const { bytes, from } = found;
    if (bytes.readDoubleLE(from + at.expiresAt) <= session.now) return 0;
    let differs = 0;
    // All of them, however early they differ: how long it takes tells nothing.
    for (let byte = 0; byte < halfHash; byte++)
      differs |= (bytes[from + at.session + byte] ?? 0) ^ (session.hash[byte] ?? 0);
    return differs === 0 ? bytes.readUInt32LE(from + at.device) : 0;
  }

  /** What else is known of one that says what was known before; null where it says something else. */
  asBefore(
    ordinal: number,
    version: number,
    { stateDigest, consentNumber, applications }: Said,
  ): Pick<KnownInstallation, "counter" | "isLocated" | "country"> | null {
    const found = this.#find(ordinal, version);
    if (!found) return null;
    const { bytes, from } = found;
    const has = (part: Uint8Array, begin: number) =>
      bytes.compare(part, 0, part.length, from + begin, from + begin + part.length) === 0;
    if (consentNumber !== bytes.readUInt32LE(from + at.consentNumber)) return null;
    if (!has(digestBytes(stateDigest), at.state)) return null;
    if (!has(textHash(JSON.stringify(applications)), at.applications)) return null;
    const country = bytes.toString("latin1", from + at.country, from + at.country + 2);
    return {
      counter: bytes.readUInt32LE(from + at.counter),
      isLocated: bytes[from + at.isLocated] === 1,
      country: country === "\0\0" ? null : country,
    };
  }

  #find(ordinal: number, version: number): { readonly bytes: Buffer; readonly from: number } | null {
    const slice = this.#slices[Math.floor(ordinal / perSlice)];
    const index = ordinal % perSlice;
    if (!slice || slice.versions[index] !== version) return null;
    const from = index * bytesEach;
    return slice.bytes.readUInt32LE(from + at.device) === 0 ? null : { bytes: slice.bytes, from };
  }
}

const digestBytes = (digest: string): Uint8Array => Buffer.from(digest, "base64url").subarray(0, halfHash);

/** The latest list of applications: the next device mostly has the same. */
let latest = { text: "", hash: new Uint8Array() };

function textHash(text: string): Uint8Array {
  if (text !== latest.text) latest = { text, hash: hash("sha256", text, "buffer").subarray(0, textBytes) };
  return latest.hash;
}
