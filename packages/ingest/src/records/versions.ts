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
  return superseded.map(({ older, newer }) => {
    const { name: section, digest } = older;
    const [before, after] = [readDocument(older), readDocument(newer)];
    const [had, has] = [valuesOf(section, before), valuesOf(section, after)];
    const body = before && after ? compress(before.bytes, after.bytes) : null;
    const pays = body && before && body.length < compressed(older, before.bytes) * worthwhile;
    return {
      section,
      digest,
      body: pays ? body : null,
      newTerms: termsOf(has).difference(termsOf(had)).size,
      titles: changedTitles(titleHashes(had), titleHashes(has)),
    };
  });
}

/** Bytes that the version takes whole. */
const compressed = ({ lists, body }: Documented, document: Uint8Array): number =>
  (lists === null && body && isFrame(body) ? body : compress(document)).length;

function valuesOf(section: string, document: ReadDocument | null | undefined): readonly SearchValue[] {
  const definition = sectionNamed(section);
  return definition && document ? searchValues(definition, document.value()) : [];
}

const termsOf = (values: readonly SearchValue[]): ReadonlySet<string> =>
  new Set(values.map((value) => JSON.stringify(value)));

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
