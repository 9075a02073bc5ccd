/**
 * Streams that show every change: sealed in chunks under a key (ChaCha20-Poly1305; the nonce is the chunk's number and
 * whether it is the last, as in STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, so that chunks can be neither moved
 * nor cut off), or followed by their SHA-256.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";

type Bytes = AsyncIterable<Uint8Array>;

const chunkBytes = 64 * 1024;
const tagBytes = 16;
const digestBytes = 32;
const algorithm = "chacha20-poly1305";
const options = { authTagLength: tagBytes } as const;

/** Eleven bytes of number, one that says whether it is the last. */
function nonceOf(number: number, isLast: boolean): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** The same bytes in pieces of `size`, the last of which is shorter, and told apart; there is always a last one. */
async function* pieces(source: Bytes, size: number): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  let held = Buffer.alloc(0);
  for await (const bytes of source) {
    held = Buffer.concat([held, bytes]);
    // What is exactly one piece may be the last.
    for (; held.length > size; held = held.subarray(size))
      yield { bytes: held.subarray(0, size), isLast: false };
  }
  yield { bytes: held, isLast: true };
}

/** @param context authenticated with every chunk */
export async function* sealed(source: Bytes, key: Uint8Array, context: Uint8Array): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { bytes, isLast } of pieces(source, chunkBytes)) {
    const cipher = createCipheriv(algorithm, key, nonceOf(number++, isLast), options);
    cipher.setAAD(context, { plaintextLength: bytes.length });
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Throws at the first chunk that is not what was sealed. */
export async function* unsealed(source: Bytes, key: Uint8Array, context: Uint8Array): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { bytes, isLast } of pieces(source, chunkBytes + tagBytes)) {
    if (bytes.length < tagBytes) throw damaged();
    const decipher = createDecipheriv(algorithm, key, nonceOf(number++, isLast), options);
    const length = bytes.length - tagBytes;
    decipher.setAAD(context, { plaintextLength: length });
    decipher.setAuthTag(bytes.subarray(length));
    yield opened(() => Buffer.concat([decipher.update(bytes.subarray(0, length)), decipher.final()]));
  }
}

function opened(open: () => Buffer): Buffer {
  try {
    return open();
  } catch (cause) {
    throw damaged(cause);
  }
}

/** @param before what stands before the stream and belongs to the digest */
export async function* digested(source: Bytes, before: Uint8Array): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256").update(before);
  for await (const bytes of source) {
    hash.update(bytes);
    yield bytes;
  }
  yield hash.digest();
}

/** The bytes without the digest, which is compared when they end: nothing counts before that. */
export async function* undigested(source: Bytes, before: Uint8Array): AsyncGenerator<Buffer> {
  const hash = createHash("sha256").update(before);
  let held = Buffer.alloc(0);
  for await (const bytes of source) {
    held = Buffer.concat([held, bytes]);
    const ready = held.subarray(0, Math.max(0, held.length - digestBytes));
    hash.update(ready);
    held = held.subarray(ready.length);
    if (ready.length > 0) yield ready;
  }
  if (!hash.digest().equals(held)) throw damaged();
}

const damaged = (cause?: unknown) =>
  new Error("it is cut off or was altered", cause === undefined ? undefined : { cause });
