/** A deletion as the ledger tells it: who, named so that only this server recognises them, what of them, and when. */
import { createHmac } from "node:crypto";
import { canonical, categoryNames, parseJson } from "@rollcall/protocol";
import { z } from "zod";

/** What was deleted. */
export interface Deletion {
  /** Names (`nameOf`) of the device and its installations; null stands for everybody: retention. */
  readonly names: readonly string[] | null;
  /** null: everything. */
  readonly categories: readonly (typeof categoryNames)[number][] | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An entry of the ledger; the numbers run on from 1 without a gap. */
export interface LedgerEntry extends Deletion {
  readonly number: number;
}

const entrySchema = z.strictObject({
  number: z.int().min(1),
  at: z.int(),
  names: z.array(z.string().regex(/^[A-Za-z0-9_-]{43}$/)).nullable(),
  categories: z.array(z.enum(categoryNames)).nullable(),
});

export const writeEntry = (entry: LedgerEntry): string => canonical(entry);

/** Reads a line of the ledger, or null where it is none. */
export function readEntry(line: string): LedgerEntry | null {
  try {
    return entrySchema.parse(parseJson(Buffer.from(line)));
  } catch {
    return null;
  }
}

/** How the ledger names a random id: it can be recognised with the key, and found out by nobody without. */
export const nameOf = (key: Uint8Array, id: string): string =>
  createHmac("sha256", key).update(id).digest("base64url");

export const isOfDevice = ({ names, categories }: Deletion): boolean => names !== null && categories === null;
