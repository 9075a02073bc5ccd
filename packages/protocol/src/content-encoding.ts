/** Content encodings of bodies: zstd (RFC 8878) and dcz (RFC 9842), bounded on the way in. Pure functions of bytes. */
import { createHash } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { RollcallError } from "./problem.ts";

/** A window of 8 MiB: no frame can make its reader reserve more. */
const windowLog = 23;

const level = 3;

/** What a frame begins with. A skippable frame, which says nothing, begins with something else. */
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/**
 * A zstd frame of these bytes; with a dictionary, one that can only be read with the same. That one goes without a
 * checksum: it travels with a digest of itself and of its dictionary, and four bytes are much of a small change.
 */
export function compress(bytes: Uint8Array, dictionary?: Uint8Array): Buffer {
  const frame = zstdCompressSync(bytes, {
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_windowLog]: windowLog,
      ...(dictionary ? tablesFor(dictionary) : { [constants.ZSTD_c_checksumFlag]: 1 }),
    },
    ...(dictionary ? { dictionary } : {}),
  });
  // It is the beginning of 64 KiB, which would all go along when it is kept or passed to another thread.
  return Buffer.from(new Uint8Array(frame).buffer);
}

/**
 * Tables that hold the places of a whole dictionary: one entry for four bytes. In smaller ones, such as the level
 * has by itself, the end of a dictionary of a megabyte overwrites its beginning, and a change of one line costs a
 * twentieth of the document.
 */
function tablesFor({ length }: Uint8Array) {
  const log = Math.min(Math.max(Math.ceil(Math.log2(length)) - 2, 17), 22);
  return { [constants.ZSTD_c_hashLog]: log, [constants.ZSTD_c_chainLog]: log };
}

/**
 * The content size that a zstd frame declares (RFC 8878, 3.1.1.1), or null where it declares none or is no frame.
 * Whoever made the frame may lie; `decompress` finds out.
 */
export function declaredSize(bytes: Uint8Array): number | null {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, longestHeader));
  if (!magic.equals(frame.subarray(0, magic.length)) || frame.length <= magic.length) return null;
  const descriptor = frame.readUInt8(magic.length);
  const isSingleSegment = (descriptor >> 5) & 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = magic.length + 1 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  const width = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  if (width === 0 || frame.length < at + width) return null;
  if (width === 8) return Number(frame.readBigUInt64LE(at));
  return frame.readUIntLE(at, width) + (width === 2 ? 256 : 0);
}

/** Magic, descriptor, window, dictionary id and content size. */
const longestHeader = 4 + 1 + 1 + 4 + 8;

/**
 * Decodes a body of one frame, with the dictionary that it was made with if there was one. Throws `too-large` as
 * soon as the result would pass `maxBytes`, before anything is decoded where the frame says so itself;
 * `invalid-encoding` for anything that is not a frame, for one that holds more than it declares, and when something
 * stands behind it, which nobody would look at.
 */
export function decompress(bytes: Uint8Array, maxBytes: number, dictionary?: Uint8Array): Buffer {
  if (!magic.equals(bytes.subarray(0, magic.length))) throw noFrame();
  const declared = declaredSize(bytes);
  if (declared !== null && declared > maxBytes) throw tooLarge(maxBytes);
  const { buffer, engine } = decode(bytes, { maxBytes, declared, dictionary });
  if (engine.bytesWritten !== bytes.length)
    throw new RollcallError("invalid-encoding", { detail: "Something stands behind the zstd frame." });
  return buffer;
}

/** `bytesWritten` is how much of the input the engine took; it stops at the end of the first frame. */
interface Decoded {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

interface Within {
  readonly maxBytes: number;
  readonly declared: number | null;
  readonly dictionary: Uint8Array | undefined;
}

function decode(bytes: Uint8Array, { maxBytes, declared, dictionary }: Within): Decoded {
  try {
    const decoded: unknown = zstdDecompressSync(bytes, {
      info: true,
      // Not a byte more than was declared, for that is what its reader made room for.
      maxOutputLength: Math.max(declared ?? maxBytes, 1),
      params: { [constants.ZSTD_d_windowLogMax]: windowLog },
      ...(dictionary ? { dictionary } : {}),
    });
    // With `info` Node returns this instead of a buffer; its types do not say so.
    return decoded as Decoded;
  } catch (cause) {
    const isLarger =
      cause instanceof RangeError ||
      (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE");
    if (isLarger && declared === null) throw tooLarge(maxBytes, cause);
    throw noFrame(cause);
  }
}

function tooLarge(maxBytes: number, cause?: unknown): RollcallError {
  return new RollcallError("too-large", {
    detail: `The decoded body is larger than ${maxBytes} bytes.`,
    cause,
  });
}

function noFrame(cause?: unknown): RollcallError {
  return new RollcallError("invalid-encoding", {
    detail: "The body is not a zstd frame with a window of at most 8 MiB.",
    cause,
  });
}

/** What a `dcz` body begins with (RFC 9842, 5): a skippable frame of 32 bytes, the SHA-256 of the dictionary. */
const dczMagic = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0]);
const hashLength = 32;

/** A `dcz` body: the dictionary's SHA-256, and a frame that can only be read with that dictionary. */
export function compressDcz(bytes: Uint8Array, dictionary: Uint8Array): Buffer {
  const hash = createHash("sha256").update(dictionary).digest();
  return Buffer.concat([dczMagic, hash, compress(bytes, dictionary)]);
}

/** The parts of a `dcz` body; nothing is decoded yet. */
export interface Dcz {
  /** SHA-256 of the dictionary, 32 bytes. */
  readonly hash: Buffer;
  /** For `decompress`, with that dictionary. */
  readonly frame: Uint8Array;
}

/** Takes a `dcz` body apart. Throws `invalid-encoding` for what does not begin like one. */
export function readDcz(bytes: Uint8Array): Dcz {
  const head = dczMagic.length + hashLength;
  if (bytes.length < head || !dczMagic.equals(bytes.subarray(0, dczMagic.length)))
    throw new RollcallError("invalid-encoding", {
      detail: "The body does not begin with the digest of a dictionary (RFC 9842).",
    });
  return { hash: Buffer.from(bytes.subarray(dczMagic.length, head)), frame: bytes.subarray(head) };
}
