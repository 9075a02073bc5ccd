/** Content encodings of bodies: zstd (RFC 8878), bounded on the way in. */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { RollcallError } from "./problem.ts";

/** A window of 8 MiB: no frame can make its reader reserve more. */
const windowLog = 23;

const level = 3;

export function compress(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, {
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_windowLog]: windowLog,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
}

/** Decodes one body. Throws `too-large` as soon as the result would pass `maxBytes`, `invalid-encoding` for anything that is not a frame. */
export function decompress(bytes: Uint8Array, maxBytes: number): Buffer {
  try {
    return zstdDecompressSync(bytes, {
      maxOutputLength: maxBytes,
      params: { [constants.ZSTD_d_windowLogMax]: windowLog },
    });
  } catch (cause) {
    const tooLarge =
      cause instanceof RangeError ||
      (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE");
    if (tooLarge)
      throw new RollcallError("too-large", {
        detail: `The decoded body is larger than ${maxBytes} bytes.`,
        cause,
      });
    throw new RollcallError("invalid-encoding", {
      detail: "The body is not a zstd frame with a window of at most 8 MiB.",
      cause,
    });
  }
}
