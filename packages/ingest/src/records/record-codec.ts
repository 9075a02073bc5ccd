/**
 * The record of a device: all its sections in one row of the store.
 *
 *     version (1 byte) · CRC-32 of the head · length of the head · head · documents
 *
 * The head says what each section is, by number, and what its document takes. The documents: one zstd frame against the
 * dictionary with all the small ones, then the larger ones as they are. The checksum covers what the record says of its
 * sections; each document has its digest.
 */
import { crc32 } from "node:zlib";
import { compress, decompress, type Status } from "@rollcall/protocol";
import { ByteReader, BytesDamaged, ByteWriter } from "./record-bytes.ts";
import type { RecordWords } from "./record-words.ts";
import { isFrame } from "./stored-document.ts";

const recordVersion = 1;
const [checksumBytes, digestBytes] = [4, 32];

/** A stored section without its document. */
export interface SectionState {
  readonly name: string;
  readonly schema: number;
  readonly status: Status;
  /** Of the document; null where there is none. */
  readonly digest: string | null;
  /** When status and digest became what they are; milliseconds since 1970. */
  readonly since: number;
  /** Whether all of its values may be found. */
  readonly isIndexed: boolean;
}

/** What is kept of a section's document. */
export interface SectionBody {
  /** JSON, or a zstd frame of that; null without a document. */
  readonly body: Uint8Array | null;
  /** Ids of the items of its lists; null where the body is all of it. */
  readonly items: Uint8Array | null;
}

export interface RecordSection extends SectionState, SectionBody {}

/** A section of a record that was read; its body is decoded when it is asked for, an empty one where it cannot be. */
export interface ReadSection extends SectionState {
  /** Of the body, as it is kept. */
  readonly bytes: number;
  readonly items: Uint8Array | null;
  body(): Uint8Array | null;
}

/** How a status is written; a number that was used once never means anything else. */
const statusNumbers: Readonly<Record<Status, number>> = {
  ok: 0,
  none: 1,
  denied: 2,
  "tool-missing": 3,
  unsupported: 4,
  "not-consented": 5,
  failed: 6,
  "timed-out": 7,
};
const statusByNumber: ReadonlyMap<number, Status> = new Map(
  // Object.entries knows its names as strings only.
  (Object.entries(statusNumbers) as [Status, number][]).map(([status, number]) => [number, status]),
);

/** Beside the number of the status in one byte. */
const flags = { isIndexed: 0x10, hasDocument: 0x20, hasItems: 0x40, isFrame: 0x80 } as const;
const statusBits = 0x0f;

export function encodeRecord(sections: readonly RecordSection[], words: RecordWords): Buffer {
  const bodies = sections.flatMap(({ body }) => body ?? []);
  const small = Buffer.concat(bodies.filter((body) => !isFrame(body)));
  const together = small.length === 0 ? small : compress(small, words.dictionary.bytes);
  const writer = new ByteWriter();
  writer.number(words.dictionary.number);
  writer.number(together.length);
  let before = 0;
  for (const section of sections) {
    writeSection(writer, section, { number: words.numberOf(section.name), before });
    before = section.since;
  }
  const head = writer.finish();
  const begin = new ByteWriter();
  begin.number(head.length);
  const checksum = Buffer.alloc(1 + checksumBytes, recordVersion);
  checksum.writeUInt32LE(crc32(head), 1);
  return Buffer.concat([checksum, begin.finish(), head, together, ...bodies.filter(isFrame)]);
}

function writeSection(
  writer: ByteWriter,
  { schema, status, digest, since, isIndexed, body, items }: RecordSection,
  { number, before }: { readonly number: number; readonly before: number },
): void {
  if ((digest === null) !== (body === null)) throw new Error("a digest stands where its document does");
  writer.number(number);
  writer.number(
    statusNumbers[status] |
      (isIndexed ? flags.isIndexed : 0) |
      (body ? flags.hasDocument : 0) |
      (items ? flags.hasItems : 0) |
      (body && isFrame(body) ? flags.isFrame : 0),
  );
  writer.number(schema);
  writer.signed(since - before);
  if (body === null || digest === null) return;
  writer.raw(Buffer.from(digest, "base64url"));
  writer.number(body.length);
  if (!items) return;
  writer.number(items.length);
  writer.raw(items);
}

/** What the record says of its sections cannot be known any more. */
export class RecordDamaged extends Error {
  constructor(cause: unknown) {
    super("the record of an installation cannot be read", { cause });
    this.name = "RecordDamaged";
  }
}

/** The sections of a record. Throws `RecordDamaged`, and `UnknownWord` for what `words` does not have. */
export function decodeRecord(record: Uint8Array, words: RecordWords): readonly ReadSection[] {
  const { head, rest } = intact(() => partsOf(record));
  const number = intact(() => head.number());
  const dictionary = words.dictionaryOf(number);
  const sections: ReadSection[] = [];
  const bodies = intact(() => new Bodies(rest, head.number(), dictionary));
  for (let since = 0; head.left > 0; ) {
    const named = intact(() => head.number());
    const section = readSection(head, { name: words.nameOf(named), before: since, bodies });
    since = section.since;
    sections.push(section);
  }
  return sections;
}

function intact<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new RecordDamaged(cause);
  }
}

function partsOf(record: Uint8Array): { head: ByteReader; rest: Buffer } {
  const reader = new ByteReader(record);
  const version = reader.raw(1).readUInt8(0);
  if (version !== recordVersion) throw new BytesDamaged(`its version is ${version}`);
  const checksum = reader.raw(checksumBytes).readUInt32LE(0);
  const head = reader.raw(reader.number());
  if (crc32(head) !== checksum) throw new BytesDamaged("it does not match its checksum");
  return { head: new ByteReader(head), rest: reader.raw(reader.left) };
}

interface Within {
  readonly name: string;
  readonly before: number;
  readonly bodies: Bodies;
}

const readSection = (head: ByteReader, { name, before, bodies }: Within): ReadSection =>
  intact(() => {
    const mark = head.number();
    const status = statusByNumber.get(mark & statusBits);
    if (!status) throw new BytesDamaged("there is no such status");
    const state = { name, status, schema: head.number(), since: before + head.signed() };
    const isIndexed = (mark & flags.isIndexed) !== 0;
    if ((mark & flags.hasDocument) === 0)
      return { ...state, isIndexed, digest: null, bytes: 0, items: null, body: () => null };
    const digest = head.raw(digestBytes).toString("base64url");
    const bytes = head.number();
    const items = mark & flags.hasItems ? head.raw(head.number()) : null;
    const body = bodies.take(bytes, (mark & flags.isFrame) !== 0);
    return { ...state, isIndexed, digest, bytes, items, body };
  });

/** The documents' parts, one behind the other. Where bytes are missing a part is shorter, and has another digest. */
class Bodies {
  readonly #bytes: Buffer;
  readonly #dictionary: Uint8Array;
  readonly #togetherEnd: number;
  /** Where the next one begins: among the larger ones, and in the frame of the small ones. */
  #at: number;
  #smallAt = 0;
  #small: Buffer | undefined;

  constructor(bytes: Buffer, together: number, dictionary: Uint8Array) {
    this.#bytes = bytes;
    this.#dictionary = dictionary;
    this.#togetherEnd = together;
    this.#at = together;
  }

  take(length: number, isFrame: boolean): () => Uint8Array {
    if (isFrame) {
      const from = this.#at;
      this.#at += length;
      return () => this.#bytes.subarray(from, from + length);
    }
    const from = this.#smallAt;
    this.#smallAt += length;
    return () => {
      this.#small ??= this.#decodeSmall();
      return this.#small.subarray(from, from + length);
    };
  }

  /** Every section has taken its part by now. */
  #decodeSmall(): Buffer {
    try {
      return decompress(this.#bytes.subarray(0, this.#togetherEnd), this.#smallAt, this.#dictionary);
    } catch {
      return Buffer.alloc(0);
    }
  }
}
