/**
 * A document in the form that the store keeps: what is the device's own as zstd, and beside it the items of its lists,
 * which the fleet shares; or all of it as zstd where it has none. Plain values, for they go from thread to thread.
 */
import { compress, decompress, digestOfBytes, limits, type SectionDefinition } from "@rollcall/protocol";
import { joinItems, splitItems } from "./split-items.ts";

/** Canonical JSON, list by list; `Missing` is what an item that cannot be read any more is. */
export type ItemLists<Missing = never> = readonly (readonly (string | Missing)[])[];

export interface PackedDocument {
  /** zstd: of the canonical document, or of what is left of it without its items. */
  readonly body: Uint8Array;
  /** Null where the body is all of it. */
  readonly lists: ItemLists | null;
}

/** More items than this stay with their document: looking each up would hold up everybody who writes. */
const mostItems = 4_096;

/** `mayShare`: false for what will not stay as it is, and is not worth an item. */
export function packDocument(
  definition: SectionDefinition | undefined,
  document: Uint8Array,
  mayShare: boolean,
): PackedDocument {
  const split = definition && mayShare ? splitItems(definition, document) : null;
  const count = split?.lists.reduce((sum, { length }) => sum + length, 0) ?? 0;
  return split && count <= mostItems
    ? { body: compress(split.rest), lists: split.lists }
    : { body: compress(document), lists: null };
}

/** What the disk holds of a section, or of an item that it names, cannot be what was written. */
class DocumentDamaged extends Error {
  constructor(section: string, cause: unknown) {
    super(`the stored document of section ${section} cannot be read`, { cause });
    this.name = "DocumentDamaged";
  }
}

/** A section as it is stored, as far as its document needs it. */
export interface Documented {
  readonly name: string;
  readonly digest: string | null;
  readonly body: Uint8Array | null;
  readonly lists: ItemLists<null> | null;
}

/** The canonical form, to its digest; null where there is none. Throws `DocumentDamaged`. */
export function documentOf({ name, digest, body, lists }: Documented): Buffer | null {
  if (body === null) return null;
  try {
    const plain = decompress(body, limits.sectionDecoded);
    const document =
      lists === null ? plain : Buffer.from(joinItems({ rest: plain, lists: lists.map(whole) }));
    if (digestOfBytes(document) !== digest) throw new Error("it does not have its digest");
    return document;
  } catch (cause) {
    throw new DocumentDamaged(name, cause);
  }
}

const whole = (items: readonly (string | null)[]): string[] =>
  items.map((item) => {
    if (item === null) throw new Error("an item is not there");
    return item;
  });

/** The same for who goes on without it: undefined where it cannot be read. */
export function readableDocument(section: Documented): Buffer | null | undefined {
  try {
    return documentOf(section);
  } catch (error) {
    if (error instanceof DocumentDamaged) return undefined;
    throw error;
  }
}
