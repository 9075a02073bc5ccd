/** The content encoding of submitted sections undone: a pure function of their bytes, within a limit. */
import { declaredSize, decompress, RollcallError, readDcz, readDictionaryId } from "@rollcall/protocol";
import { sizeOf } from "../records/stored-document.ts";
import { Acknowledged, type AcknowledgedSection } from "./acknowledged.ts";
import { dictionaryAmong } from "./dictionary.ts";

export interface EncodedBody {
  readonly bytes: Uint8Array;
  /** `Content-Encoding`; nothing where there is none. */
  readonly encoding: string | undefined;
  /** `Dictionary-ID`, where it was sent. */
  readonly dictionaryId: string | undefined;
  /** Where a dictionary is looked for, and nowhere else: what the sender was acknowledged. Empty unless for `dcz`. */
  readonly acknowledged: readonly AcknowledgedSection[];
  /** Bytes after decoding at most. */
  readonly decodedLimit: number;
}

/** Throws `dictionary-unknown`, before anything is decoded; `invalid-encoding` or `too-large`. */
export function decodeBody(
  { bytes, encoding, ...body }: EncodedBody,
  acknowledged = new Acknowledged(body.acknowledged),
): Uint8Array {
  switch (encoding) {
    case undefined:
      return bytes;
    case "zstd":
      return decompress(bytes, body.decodedLimit);
    case "dcz": {
      const { hash, frame } = readDcz(bytes);
      const names = namesIn(body);
      return decompress(frame, body.decodedLimit, dictionaryAmong(acknowledged, { hash, names }));
    }
    default:
      throw new RollcallError("unsupported-encoding");
  }
}

/** Sections that the dictionary is said to be made of; undefined where nothing is said. */
export function namesIn({ dictionaryId }: Pick<EncodedBody, "dictionaryId">): readonly string[] | undefined {
  return dictionaryId === undefined ? undefined : readDictionaryId(dictionaryId);
}

/** Bytes of the body, and what decoding may take: what its frame declares, else the limit; a dictionary is decoded, too. */
export function sizeDecoded({ bytes, encoding, acknowledged, decodedLimit }: EncodedBody) {
  const frame = encoding === "dcz" ? readDcz(bytes).frame : bytes;
  const documents = acknowledged.flatMap(({ body, lists }) => [
    ...(body ? [sizeOf(body)] : []),
    ...(lists ?? []).map(({ length }) => length),
  ]);
  const sizes = [declaredSize(frame), ...documents].map((size) =>
    Math.min(size ?? decodedLimit, decodedLimit),
  );
  const decoded = encoding === undefined ? bytes.length : sizes.reduce((sum, size) => sum + size, 0);
  return { encoded: bytes.length, decoded };
}
