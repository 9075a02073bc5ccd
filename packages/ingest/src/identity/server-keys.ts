/**
 * The server's keys: its identity, whose public half is its id, and what the identity vouches for: the receipt key
 * and, where the server makes its own certificate, a CA. Both can be followed by new ones (`rotation.ts`).
 */
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "@rollcall/host";
import {
  type AnnouncedCa,
  type AnnouncedKey,
  type Announcement,
  announceCa,
  announceReceiptKey,
  RollcallError,
  type SigningKey,
} from "@rollcall/protocol";
import { readAnnounced, writeAnnounced } from "./announced-file.ts";
import type { CertificateAuthority } from "./certificates.ts";
import { newKeyIn, readKey } from "./key-file.ts";
import {
  announcedMilliseconds,
  atTime,
  begunWith,
  coming,
  current,
  type Entry,
  followedBy,
  hastened,
  retiredFiles,
  type Succession,
  told,
} from "./rotation.ts";

/** The uses in which keys follow each other, as commands name them. */
export const rotatingKeys = ["receipt", "ca"] as const;
export type RotatingKey = (typeof rotatingKeys)[number];

/**
 * Reads the keys below the data directory, making them at the first start. Throws when the identity is not that of
 * the server that is `remembered`: its agents would trust no other, and a new one would not bring it back.
 */
export function openServerKeys(
  directory: string,
  now: () => number,
  remembered: string | null = null,
): ServerKeys {
  const folder = join(directory, "keys");
  const identityFile = join(folder, "identity.pem");
  if (remembered !== null && !existsSync(identityFile))
    throw wrongIdentity(folder, remembered, "identity.pem is missing");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const identity = readKey(identityFile) ?? newKeyIn(identityFile);
  if (remembered !== null && identity.publicKey !== remembered)
    throw wrongIdentity(folder, remembered, `identity.pem is that of server ${identity.publicKey}`);
  return new ServerKeys(folder, identity, now);
}

export class ServerKeys {
  readonly identity: SigningKey;
  readonly #folder: string;
  readonly #now: () => number;
  #receipts: Succession<AnnouncedKey>;
  #cas: Succession<AnnouncedCa>;
  #receipt: SigningKey;

  constructor(folder: string, identity: SigningKey, now: () => number) {
    this.#folder = folder;
    this.#now = now;
    this.identity = identity;
    const { receipt, ca } = readAnnounced(folder);
    this.#receipts = atTime(receipt, now());
    this.#cas = atTime(ca, now());
    this.#receipt = this.#openReceipt();
    if (this.#receipts !== receipt || this.#cas !== ca) this.#keep();
  }

  /** Signs receipts. */
  get receipt(): SigningKey {
    return this.#receipt;
  }

  get announcement(): AnnouncedKey {
    return demand(current(this.#receipts)).announcement;
  }

  /** The CA in use; null where there never was one. */
  get ca(): AnnouncedCa | null {
    return current(this.#cas)?.announcement ?? null;
  }

  /** For check-in answers; empty unless a key changes. */
  told(): readonly Announcement[] {
    const now = this.#now();
    return [...told(this.#receipts, now), ...told(this.#cas, now)];
  }

  /** Everything that was and is announced but what is in use: old receipts are verified with it. */
  others(): readonly Announcement[] {
    const inUse: readonly Announcement[] = [this.announcement, ...(this.ca ? [this.ca] : [])];
    return [...this.#receipts.entries, ...this.#cas.entries]
      .map(({ announcement }) => announcement)
      .filter((announcement) => !inUse.includes(announcement));
  }

  /** All of them for whoever manages them, each with what names it: the public key, or the certificate's fingerprint. */
  list(): readonly ListedKey[] {
    return [...listed("receipt", this.#receipts), ...listed("ca", this.#cas)];
  }

  /** What a new agent is to trust: the CA in use and the one to come, PEM. */
  get trustedCas(): string | null {
    if (!this.ca) return null;
    return [this.ca, ...this.others().filter((each) => each === coming(this.#cas)?.announcement)]
      .map((each) => ("ca" in each ? each.ca : ""))
      .join("");
  }

  /** The CA to sign with, made where there is none. */
  async authority(): Promise<CertificateAuthority> {
    const used = current(this.#cas) ?? (await this.#firstCa());
    const file = join(this.#folder, used.file);
    try {
      return { certificate: used.announcement.ca, key: readFileSync(file, "utf8") };
    } catch (cause) {
      throw new Error(`${file}, the key of this server's CA, cannot be read; restore it from a copy`, {
        cause,
      });
    }
  }

  /** Announces a new key; says from when on it is used. */
  async rotate(which: RotatingKey): Promise<{ readonly inUseFrom: string }> {
    if (which === "receipt" ? coming(this.#receipts) : coming(this.#cas))
      throw new RollcallError("key-announced", { detail: `A new ${which} key is announced already.` });
    const inUseFrom = new Date(this.#now() + announcedMilliseconds).toISOString();
    if (which === "receipt") this.#receipts = followedBy(this.#receipts, this.#newReceipt(inUseFrom));
    else if (!this.ca) throw new RollcallError("not-found", { detail: "This server has no CA of its own." });
    else this.#cas = followedBy(this.#cas, await this.#newCa(inUseFrom));
    this.#keep();
    return { inUseFrom };
  }

  /** Brings the announced key into use now. Agents that have not heard of it trust the old one only. */
  hasten(which: RotatingKey): void {
    const now = this.#now();
    const [receipts, cas] = [hastened(this.#receipts, now), hastened(this.#cas, now)];
    if (!(which === "receipt" ? receipts : cas))
      throw new RollcallError("not-found", {
        detail: `No new ${which} key is announced; rollcall keys rotate ${which} does that.`,
      });
    if (which === "receipt") this.#receipts = receipts ?? this.#receipts;
    else this.#cas = cas ?? this.#cas;
    this.#receipt = this.#openReceipt();
    this.#keep();
  }

  /** Brings into use what is due. */
  tend(): void {
    const [receipts, cas] = [atTime(this.#receipts, this.#now()), atTime(this.#cas, this.#now())];
    if (receipts === this.#receipts && cas === this.#cas) return;
    [this.#receipts, this.#cas] = [receipts, cas];
    this.#receipt = this.#openReceipt();
    this.#keep();
  }

  /** The key of the receipts in use; another takes its place where its file is lost or holds another key. */
  #openReceipt(): SigningKey {
    const used = current(this.#receipts);
    const file = used?.file ?? "receipt.pem";
    const key = readKey(join(this.#folder, file)) ?? newKeyIn(join(this.#folder, file));
    if (used?.announcement.key !== key.publicKey) {
      const at = new Date(this.#now()).toISOString();
      const announcement = announceReceiptKey(this.identity, key.publicKey, at);
      this.#receipts = begunWith(this.#receipts, { file, announcement, inUseFrom: at });
    }
    return key;
  }

  #newReceipt(inUseFrom: string): Entry<AnnouncedKey> {
    const file = `receipt-${this.#receipts.entries.length + 1}.pem`;
    const { publicKey } = newKeyIn(join(this.#folder, file));
    const at = new Date(this.#now()).toISOString();
    return { file, announcement: announceReceiptKey(this.identity, publicKey, at), inUseFrom };
  }

  async #firstCa(): Promise<Entry<AnnouncedCa>> {
    const entry = await this.#newCa(new Date(this.#now()).toISOString());
    this.#cas = begunWith(this.#cas, entry);
    this.#keep();
    return entry;
  }

  async #newCa(inUseFrom: string): Promise<Entry<AnnouncedCa>> {
    const count = this.#cas.entries.length;
    const file = count === 0 ? "ca.pem" : `ca-${count + 1}.pem`;
    const { makeCa } = await import("./certificates.ts");
    const { certificate, key } = await makeCa(this.identity.publicKey, this.#now());
    writeAtomically(join(this.#folder, file), key);
    const at = new Date(this.#now()).toISOString();
    return { file, announcement: announceCa(this.identity, certificate, at), inUseFrom };
  }

  /** Writes the lists, then removes the private halves of what is not in use any more. */
  #keep(): void {
    writeAnnounced(this.#folder, { receipt: this.#receipts, ca: this.#cas });
    for (const file of [...retiredFiles(this.#receipts), ...retiredFiles(this.#cas)])
      rmSync(join(this.#folder, file), { force: true });
  }
}

export interface ListedKey {
  readonly key: RotatingKey;
  readonly state: "former" | "in-use" | "coming";
  readonly value: string;
  readonly announcedAt: string;
  readonly inUseFrom: string;
}

function listed<A extends Announcement>(
  key: RotatingKey,
  { inUse, entries }: Succession<A>,
): readonly ListedKey[] {
  return entries.map(({ announcement, inUseFrom }, index) => ({
    key,
    state: index < inUse ? "former" : index === inUse ? "in-use" : "coming",
    value: "key" in announcement ? announcement.key : new X509Certificate(announcement.ca).fingerprint256,
    announcedAt: announcement.at,
    inUseFrom,
  }));
}

function demand<T>(value: T | null): T {
  if (value === null) throw new Error("there is no receipt key");
  return value;
}

const wrongIdentity = (folder: string, remembered: string, why: string) =>
  new Error(
    `${folder} does not hold the keys of this database's server, ${remembered}: ${why}. ` +
      "Its agents trust no other; restore the folder from a copy.",
  );
