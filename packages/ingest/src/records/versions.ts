/**
 * Superseded versions of a section, as history keeps them: the older document as zstd with the newer one as
 * dictionary, which makes a change of one line some bytes; whole where that does not pay.
 */
import {
  compress,
  decompress,
  digestOfBytes,
  limits,
  type SearchValue,
  searchValues,
  sectionNamed,
} from "@rollcall/protocol";
import { type Documented, isFrame, type ReadDocument, readDocument, sizeOf } from "./stored-document.ts";
import { titleHashes, withoutHashes } from "./title-hash.ts";

/** A document that is about to be superseded, and the one that takes its place. */
export interface Superseded {
  readonly older: Documented & { readonly digest: string };
  readonly newer: Documented;
}

/** How the older version is kept. */
export interface PackedVersion {
  readonly section: string;
  readonly digest: string;
  /** To be read with the newer document as dictionary; null where the older one is kept whole, as it is. */
  readonly body: Uint8Array | null;
  /** Search values of the newer document that the older one does not have. */
  readonly newTerms: number;
  /** Titles that only the newer one has, and only the older one. */
  readonly titles: { readonly brought: Float64Array; readonly lost: Float64Array };
}

/** Below this part of its own size a version is worth leaning on the next. */
const worthwhile = 0.75;

export function packVersions({
  superseded,
}: {
  readonly superseded: readonly Superseded[];
}): PackedVersion[] {
  return superseded.map(({ older, newer }) => packVersion(older, readDocument(older), readDocument(newer)));
}

/** The same of one that is read already; what cannot be read is null or undefined. */
export function packVersion(
  older: Superseded["older"],
  before: ReadDocument | null | undefined,
  after: ReadDocument | null | undefined,
): PackedVersion {
  const { name: section, digest } = older;
  const [had, has] = [valuesOf(section, before), valuesOf(section, after)];
  const body = before && after ? compress(before.bytes, after.bytes) : null;
  return {
    section,
    digest,
    body: body && before && pays(body, older, before.bytes) ? body : null,
    newTerms: termsOf(has).difference(termsOf(had)).size,
    titles: changedTitles(titleHashes(had), titleHashes(has)),
  };
}

/** No document is packed by itself to less than this part of its size, or it is too small to matter. */
const hardlyEver = 1 / 64;

/** Whether what leans on the next version is small enough beside what the version takes whole. */
function pays(body: Uint8Array, { lists, body: stored }: Documented, document: Uint8Array): boolean {
  if (lists === null && stored && isFrame(stored)) return body.length < stored.length * worthwhile;
  return body.length < document.length * hardlyEver || body.length < compress(document).length * worthwhile;
}

function valuesOf(section: string, document: ReadDocument | null | undefined): readonly SearchValue[] {
  const definition = sectionNamed(section);
  return definition && document ? searchValues(definition, document.value()) : [];
}

const termsOf = (values: readonly SearchValue[]): ReadonlySet<string> => new Set(values.map(textOf));

/** Alike only of values that are. No text in a document holds a NUL. */
function textOf(value: SearchValue): string {
  switch (value.as) {
    case "title":
      return `${value.field}\0${value.source}\0${value.title}\0${value.version ?? ""}`;
    case "number":
      return `${value.field}\0${value.number}`;
    default:
      return `${value.field}\0${value.text}`;
  }
}

const changedTitles = (had: Float64Array, has: Float64Array): PackedVersion["titles"] => ({
  brought: withoutHashes(has, had),
  lost: withoutHashes(had, has),
});

/** The canonical bytes of a version. `newer`: those of the version that it leans on, where it does. */
export function unpackVersion(body: Uint8Array, newer: Uint8Array | undefined): Uint8Array {
  return decompress(body, limits.sectionDecoded, newer);
}

interface Kept {
  readonly digest: string;
  readonly whole: number;
  readonly body: Uint8Array;
}

/** The same to its digest, undefined where it cannot be read. `newer`: the next newer version, where that can. */
export function readableVersion(
  { digest, whole, body }: Kept,
  newer: Uint8Array | undefined,
): Uint8Array | undefined {
  if (whole === 0 && newer === undefined) return undefined;
  try {
    const document = unpackVersion(body, whole === 1 ? undefined : newer);
    return digestOfBytes(document) === digest ? document : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of the documents as they are stored, and decoded. */
export const packingSize = ({ superseded }: { readonly superseded: readonly Superseded[] }) => {
  const documents = superseded.flatMap(({ older, newer }) => [older, newer]);
  const items = sum(documents.map(({ lists }) => sum((lists ?? []).map(({ length }) => length))));
  return {
    encoded: sum(documents.map(({ body }) => body?.length ?? 0)) + items,
    decoded: sum(documents.map(({ body }) => (body ? (sizeOf(body) ?? limits.sectionDecoded) : 0))) + items,
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
