/**
 * A document in the form that the store keeps: what is the device's own as zstd, and beside it the items of its lists,
 * which the fleet shares; or all of it as zstd where it has none. Plain values, for they go from thread to thread.
 */
import {
  compress,
  declaredSize,
  decompress,
  digestOfBytes,
  limits,
  parseJson,
  type SectionDefinition,
} from "@rollcall/protocol";
import { itemHash } from "./item-hash.ts";
import { joinedDocument, splitItems, withoutItems } from "./split-items.ts";

/** Canonical JSON, each list as one text with a line for an item; an empty one for what cannot be read any more. */
export type ItemLists = readonly string[];

/** One list as it comes: its items, and of each its hash, one behind the other. */
export interface PackedItems {
  readonly items: string;
  readonly hashes: string;
}

export interface PackedDocument {
  /** The canonical document, or what is left of it without its items: small as it is, else a zstd frame. */
  readonly body: Uint8Array;
  /** Null where the body is all of it. */
  readonly packed: readonly PackedItems[] | null;
}

/** More items than this stay with their document: looking each up would hold up everybody who writes. */
const mostItems = 4_096;

/**
 * @param text the document's canonical form
 * @param mayShare false for what will not stay as it is, and is not worth an item
 */
export function packDocument(
  definition: SectionDefinition | undefined,
  document: unknown,
  text: string,
  mayShare: boolean,
): PackedDocument {
  const split = definition && mayShare ? splitItems(definition, document) : null;
  const lists = split?.lists.map((items) => items.split("\n")) ?? [];
  const count = lists.reduce((sum, { length }) => sum + length, 0);
  if (!definition || !split || count > mostItems) return { body: keptBody(Buffer.from(text)), packed: null };
  const packed = lists.map((items) => {
    return { items: items.join("\n"), hashes: items.map((item) => itemHash(definition.name, item)).join("") };
  });
  return { body: keptBody(split.rest), packed };
}

/** What is larger is compressed before it comes to who writes; the smaller ones of a record are compressed together. */
const mostTogether = 4_096;

export const keptBody = (bytes: Uint8Array): Uint8Array =>
  bytes.length > mostTogether ? compress(bytes) : bytes;

/** The first byte of a zstd frame, which no JSON begins with. */
const frameBegins = 0x28;

export const isFrame = (body: Uint8Array): boolean => body[0] === frameBegins;

/** Bytes of what a body holds; null for a frame that does not say. */
export const sizeOf = (body: Uint8Array): number | null => (isFrame(body) ? declaredSize(body) : body.length);

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
  readonly lists: ItemLists | null;
}

/** A document as it was told: its canonical form, and the value that this is of. */
export interface ReadDocument {
  readonly bytes: Buffer;
  value(): unknown;
}

const plainOf = (body: Uint8Array): Buffer =>
  isFrame(body) ? decompress(body, limits.sectionDecoded) : Buffer.from(body);

function read({ digest, body, lists }: Documented): ReadDocument | null {
  if (body === null) return null;
  const plain = plainOf(body);
  const joined = lists === null ? null : joinedDocument({ rest: plain, lists });
  const bytes = joined ? Buffer.from(JSON.stringify(joined)) : plain;
  if (digestOfBytes(bytes) !== digest) throw new Error("it does not have its digest");
  return { bytes, value: () => joined ?? parseJson(bytes) };
}

/** The canonical form, to its digest; null where there is none. Throws `DocumentDamaged`. */
export function documentOf(section: Documented): Buffer | null {
  try {
    return read(section)?.bytes ?? null;
  } catch (cause) {
    throw new DocumentDamaged(section.name, cause);
  }
}

/** What is about to be stored, as it will be read. */
export const listsOf = ({ packed }: Pick<PackedDocument, "packed">): ItemLists | null =>
  packed?.map(({ items }) => items) ?? null;

/** The same for who goes on without it: undefined where it cannot be read. */
export function readableDocument(section: Documented): Buffer | null | undefined {
  const document = readDocument(section);
  return document ? document.bytes : document;
}

/** The same with its value. */
export function readDocument(section: Documented): ReadDocument | null | undefined {
  try {
    return read(section);
  } catch {
    return undefined;
  }
}

/** What a document says, for who does not need its bytes. */
export interface FoundDocument {
  readonly own: unknown;
  /** Lists that are not in there: their names, and the ids of their items. */
  readonly lists: readonly { readonly name: string; readonly ids: readonly number[] }[];
}

/** Null where it cannot be read, or there is none. */
export function wholeDocument(section: Documented): FoundDocument | null {
  const document = readDocument(section);
  return document ? { own: document.value(), lists: [] } : null;
}

/** The same with its items left apart. That they belong to it is not known until they are put together. */
export function looseDocument(
  { body }: Pick<Documented, "body">,
  ids: readonly (readonly (number | null)[])[],
): FoundDocument | null {
  if (body === null) return null;
  try {
    const { own, lists } = withoutItems(plainOf(body));
    if (lists.length !== ids.length || ids.some((list) => list.includes(null))) return null;
    return {
      own,
      lists: lists.map((name, at) => ({ name, ids: (ids[at] ?? []).filter((id) => id !== null) })),
    };
  } catch {
    return null;
  }
}
