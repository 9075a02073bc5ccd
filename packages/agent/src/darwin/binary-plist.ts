/**
 * Property lists in their binary form (CFBinaryPList.c of CoreFoundation, "bplist00"), as macOS keeps its settings.
 * Objects refer to each other by number; a file that refers in circles, or to more than it could hold, is none.
 */
import type { PlistValue } from "./plist.ts";
import { parsePlist } from "./plist.ts";

const magic = "bplist00";
const trailerBytes = 32;
const deepest = 64;
/** Objects of one list may be shared, so that a small file could stand for a huge tree. */
const mostVisits = 200_000;
/** Dates count from here. */
const epoch = Date.UTC(2001, 0, 1);

/** A property list of either form. */
export function parseAnyPlist(bytes: Uint8Array): PlistValue | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.subarray(0, magic.length).toString("latin1") !== magic)
    return parsePlist(buffer.toString("utf8"));
  try {
    return new BinaryPlist(buffer).top();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Throws RangeError where it reads past the end, refers in circles or is too large. */
class BinaryPlist {
  readonly #bytes: Buffer;
  readonly #offsetBytes: number;
  readonly #referenceBytes: number;
  readonly #objects: number;
  readonly #top: number;
  readonly #offsets: number;
  #visits = 0;

  constructor(bytes: Buffer) {
    if (bytes.length < magic.length + trailerBytes) throw new RangeError("shorter than its trailer");
    this.#bytes = bytes;
    const trailer = bytes.length - trailerBytes;
    this.#offsetBytes = this.#unsigned(trailer + 6, 1);
    this.#referenceBytes = this.#unsigned(trailer + 7, 1);
    this.#objects = this.#unsigned(trailer + 8, 8);
    this.#top = this.#unsigned(trailer + 16, 8);
    this.#offsets = this.#unsigned(trailer + 24, 8);
  }

  top(): PlistValue | undefined {
    return this.#object(this.#top, 0);
  }

  #unsigned(at: number, length: number): number {
    if (length < 1 || length > 8 || at + length > this.#bytes.length) throw new RangeError("out of the file");
    let value = 0;
    for (let index = 0; index < length; index++) value = value * 256 + (this.#bytes[at + index] ?? 0);
    return value;
  }

  #object(reference: number, depth: number): PlistValue | undefined {
    if (reference >= this.#objects || depth > deepest || ++this.#visits > mostVisits)
      throw new RangeError("refers to what is not there");
    const at = this.#unsigned(this.#offsets + reference * this.#offsetBytes, this.#offsetBytes);
    const marker = this.#unsigned(at, 1);
    const [kind, low] = [marker >> 4, marker & 0x0f];
    switch (kind) {
      case 0x0:
        return low === 8 ? false : low === 9 ? true : undefined;
      case 0x1:
        return this.#integer(at + 1, 2 ** low);
      case 0x2:
        return low === 2 ? this.#slice(at + 1, 4).readFloatBE() : this.#slice(at + 1, 8).readDoubleBE();
      case 0x3:
        return dateOf(this.#slice(at + 1, 8).readDoubleBE());
      default:
        return this.#sized(kind, at, low, depth);
    }
  }

  #sized(kind: number, at: number, low: number, depth: number): PlistValue | undefined {
    const { count, from } = this.#sizeAt(at, low);
    switch (kind) {
      case 0x4:
        return this.#slice(from, count).toString("base64");
      case 0x5:
        return this.#slice(from, count).toString("latin1");
      case 0x6:
        return Buffer.from(this.#slice(from, count * 2))
          .swap16()
          .toString("utf16le");
      case 0xa:
      case 0xc:
        return this.#references(from, count).flatMap((each) => this.#object(each, depth + 1) ?? []);
      case 0xd:
        return this.#dictionary(from, count, depth);
      default:
        return undefined;
    }
  }

  /** The low half of a marker, or where that is full, an integer object behind it. */
  #sizeAt(at: number, low: number): { readonly count: number; readonly from: number } {
    if (low !== 0x0f) return { count: low, from: at + 1 };
    const length = 2 ** (this.#unsigned(at + 1, 1) & 0x0f);
    return { count: this.#unsigned(at + 2, length), from: at + 2 + length };
  }

  #dictionary(from: number, count: number, depth: number): PlistValue {
    const dict: Record<string, PlistValue> = Object.create(null);
    const keys = this.#references(from, count);
    const values = this.#references(from + count * this.#referenceBytes, count);
    for (const [index, reference] of keys.entries()) {
      const key = this.#object(reference, depth + 1);
      const value = this.#object(values[index] ?? this.#objects, depth + 1);
      if (typeof key === "string" && value !== undefined) dict[key] = value;
    }
    return dict;
  }

  #references(from: number, count: number): number[] {
    if (count * this.#referenceBytes > this.#bytes.length) throw new RangeError("longer than the file");
    return Array.from({ length: count }, (_, index) =>
      this.#unsigned(from + index * this.#referenceBytes, this.#referenceBytes),
    );
  }

  /** Of 8 bytes it has a sign. */
  #integer(at: number, length: number): number {
    return length === 8 ? Number(this.#slice(at, 8).readBigInt64BE()) : this.#unsigned(at, length);
  }

  #slice(at: number, length: number): Buffer {
    if (at + length > this.#bytes.length) throw new RangeError("out of the file");
    return this.#bytes.subarray(at, at + length);
  }
}

/** ISO 8601, as the XML form has it; nothing where no calendar goes that far. */
function dateOf(seconds: number): string | undefined {
  const date = new Date(epoch + seconds * 1_000);
  return Number.isNaN(date.getTime()) ? undefined : `${date.toISOString().slice(0, 19)}Z`;
}
