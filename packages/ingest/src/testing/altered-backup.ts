/** Backups that somebody made who knows the format: plain ones with another head or other files behind it. */
import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { digested } from "../backups/sealing.ts";

const digestBytes = 32;

/** The bytes of a plain backup with its content changed: the head's line, and what is behind it. */
export async function altered(
  file: string,
  change: (head: Record<string, unknown>, rest: Buffer) => readonly [unknown, Buffer],
): Promise<Buffer> {
  const bytes = readFileSync(file);
  const start = bytes.indexOf("\n") + 1;
  const content = zstdDecompressSync(bytes.subarray(start, -digestBytes));
  const end = content.indexOf("\n") + 1;
  const [head, rest] = change(JSON.parse(content.subarray(0, end).toString()), content.subarray(end));
  const frame = zstdCompressSync(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), rest]));
  const first = bytes.subarray(0, start);
  const body = digested(
    (async function* () {
      yield frame;
    })(),
    first,
  );
  return Buffer.concat([first, await buffer(body)]);
}
