/**
 * Superseded versions of a section, as history keeps them: the older document as zstd with the newer one as
 * dictionary, which makes a change of one line some bytes; whole where that does not pay.
 */
import {
  compress,
  declaredSize,
  decompress,
  limits,
  parseJson,
  searchValues,
  sectionNamed,
} from "@rollcall/protocol";

/** A document that is about to be superseded, and the one that takes its place; both zstd of the canonical form. */
export interface Superseded {
  readonly section: string;
  /** Digest of the older document. */
  readonly digest: string;
  readonly older: Uint8Array;
  readonly newer: Uint8Array;
}

/** How the older version is kept. */
export interface PackedVersion {
  readonly section: string;
  readonly digest: string;
  /** To be read with the newer document as dictionary; null where the older one is kept whole, as it is. */
  readonly body: Uint8Array | null;
  /** Search values of the newer document that the older one does not have. */
  readonly newTerms: number;
}

/** Below this part of its own size a version is worth leaning on the next. */
const worthwhile = 0.75;

const plain = (body: Uint8Array) => decompress(body, limits.sectionDecoded);

export function packVersions({
  superseded,
}: {
  readonly superseded: readonly Superseded[];
}): PackedVersion[] {
  return superseded.map(({ section, digest, older, newer }) => {
    const [before, after] = [plain(older), plain(newer)];
    const body = compress(before, after);
    return {
      section,
      digest,
      body: body.length < older.length * worthwhile ? body : null,
      newTerms: countNew(termsOf(section, before), termsOf(section, after)),
    };
  });
}

function termsOf(section: string, document: Uint8Array): ReadonlySet<string> {
  const definition = sectionNamed(section);
  if (!definition) return new Set();
  return new Set(searchValues(definition, parseJson(document)).map((value) => JSON.stringify(value)));
}

const countNew = (before: ReadonlySet<string>, after: ReadonlySet<string>): number =>
  after.difference(before).size;

/** The canonical bytes of a version. `newer`: those of the version that it leans on, where it does. */
export function unpackVersion(body: Uint8Array, newer: Uint8Array | undefined): Uint8Array {
  return decompress(body, limits.sectionDecoded, newer);
}

/** Bytes of the documents as they are stored, and decoded. */
export const packingSize = ({ superseded }: { readonly superseded: readonly Superseded[] }) => ({
  encoded: superseded.reduce((sum, { older, newer }) => sum + older.length + newer.length, 0),
  decoded: superseded.reduce((sum, { older, newer }) => sum + sizeOf(older) + sizeOf(newer), 0),
});

const sizeOf = (body: Uint8Array) => declaredSize(body) ?? limits.sectionDecoded;
