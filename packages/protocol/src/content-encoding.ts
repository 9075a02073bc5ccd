/** Content encodings of bodies: zstd (RFC 8878), bounded on the way in. */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { RollcallError } from "./problem.ts";

/** A window of 8 MiB: no frame can make its reader reserve more. */
const windowLog = 23;

const level = 3;

/** What a frame begins with. A skippable frame, which says nothing, begins with something else. */
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

export function compress(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, {
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_windowLog]: windowLog,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
}

/**
 * Decodes a body of one frame. Throws `too-large` as soon as the result would pass `maxBytes`, `invalid-encoding`
 * for anything that is not a frame, and when something stands behind it, which nobody would look at.
 */
export function decompress(bytes: Uint8Array, maxBytes: number): Buffer {
  if (!magic.equals(bytes.subarray(0, magic.length))) throw noFrame();
  const { buffer, engine } = decode(bytes, maxBytes);
  if (engine.bytesWritten !== bytes.length)
    throw new RollcallError("invalid-encoding", { detail: "Something stands behind the zstd frame." });
  return buffer;
}

/** `bytesWritten` is how much of the input the engine took; it stops at the end of the first frame. */
interface Decoded {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function decode(bytes: Uint8Array, maxBytes: number): Decoded {
  try {
    const decoded: unknown = zstdDecompressSync(bytes, {
      info: true,
      maxOutputLength: maxBytes,
      params: { [constants.ZSTD_d_windowLogMax]: windowLog },
    });
    // With `info` Node returns this instead of a buffer; its types do not say so.
    return decoded as Decoded;
  } catch (cause) {
    const tooLarge =
      cause instanceof RangeError ||
      (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE");
    if (tooLarge)
      throw new RollcallError("too-large", {
        detail: `The decoded body is larger than ${maxBytes} bytes.`,
        cause,
      });
    throw noFrame(cause);
  }
}

function noFrame(cause?: unknown): RollcallError {
  return new RollcallError("invalid-encoding", {
    detail: "The body is not a zstd frame with a window of at most 8 MiB.",
    cause,
  });
}
