/**
 * The ledger of deletions: outside the database and its backups, in one place or two, it knows what was deleted after
 * any older database is put in place, and recognises a device that comes back.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeAtomically } from "@rollcall/host";
import { RandomSet } from "../random-set.ts";
import { isOfDevice, type LedgerEntry, nameOf, writeEntry } from "./deletion.ts";
import { LedgerFile } from "./ledger-file.ts";

export interface LedgerPlaces {
  /** `DIR/deletions.ledger` */
  readonly file: string;
  /** `DIR/keys/ledger.key`, which no backup carries. */
  readonly key: string;
  /** Another file that the host may name, or an empty text. */
  readonly second: string;
  /** Whether something was deleted before: then its key has to be there. */
  readonly isNeeded: boolean;
}

interface OpenedLedger {
  readonly ledger: Ledger;
  /** All that it holds, which may be much. */
  readonly entries: readonly LedgerEntry[];
}

export class Ledger {
  /** By which ids become names; for the writes that delete. */
  readonly key: Uint8Array;
  readonly #files: readonly LedgerFile[];
  /** Names: HMACs of ids. */
  readonly #deleted = new RandomSet();
  #number: number;
  #appending: Promise<unknown> = Promise.resolve();

  /**
   * Opens both places and makes them alike; with the entries, of which it keeps only whom they name. Throws when one
   * contradicts the other, or the key is gone.
   */
  static async open({ file, key, second, isNeeded }: LedgerPlaces): Promise<OpenedLedger> {
    const opened = [file, ...(second === "" ? [] : [second])].map((path) => LedgerFile.open(path));
    const entries = opened.map((each) => each.entries).reduce((a, b) => (b.length > a.length ? b : a));
    for (const each of opened) {
      const [last, same] = [each.entries.at(-1), entries[each.entries.length - 1]];
      if (last && same && writeEntry(last) !== writeEntry(same))
        throw new Error(`${file} and ${second} are ledgers of deletions of two different servers`);
      await each.file.append(entries);
    }
    const files = opened.map((each) => each.file);
    return { ledger: new Ledger(keyIn(key, isNeeded || entries.length > 0), files, entries), entries };
  }

  private constructor(key: Uint8Array, files: readonly LedgerFile[], entries: readonly LedgerEntry[]) {
    this.key = key;
    this.#files = files;
    this.#number = entries.length;
    this.#remember(entries);
  }

  /** Of its last entry; 0 when nothing was deleted yet. */
  get number(): number {
    return this.#number;
  }

  nameOf(id: string): string {
    return nameOf(this.key, id);
  }

  /** Whether the device or installation with this id was deleted here. */
  isDeleted(id: string): boolean {
    return this.#deleted.has(bytesOf(this.nameOf(id)));
  }

  /** Appends what `pending` finds behind its last number; on the disk in every place when this resolves. */
  append(pending: (after: number) => Promise<readonly LedgerEntry[]>): Promise<void> {
    const next = this.#appending.then(async () => {
      const entries = await pending(this.#number);
      for (const file of this.#files) await file.append(entries);
      this.#number += entries.length;
      this.#remember(entries);
    });
    this.#appending = next.catch(() => undefined);
    return next;
  }

  #remember(entries: readonly LedgerEntry[]): void {
    for (const entry of entries)
      if (isOfDevice(entry)) for (const name of entry.names ?? []) this.#deleted.add(bytesOf(name));
  }
}

const bytesOf = (name: string): Uint8Array => Buffer.from(name, "base64url");

const keyBytes = 32;

function keyIn(path: string, isNeeded: boolean): Uint8Array {
  if (existsSync(path)) {
    const key = readFileSync(path);
    if (key.length === keyBytes) return key;
    throw new Error(`${path} is not the key of a ledger of deletions; restore it from a copy`);
  }
  if (isNeeded)
    throw new Error(
      `${path} is missing: without it the ledger of deletions recognises nobody; restore it from a copy`,
    );
  const key = randomBytes(keyBytes);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeAtomically(path, key);
  return key;
}
