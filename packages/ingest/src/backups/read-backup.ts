/** Reads a backup's file and writes its files into a folder. Throws where anything in it is not as it was written. */
import { createHash, type KeyObject } from "node:crypto";
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { keyFrom } from "./backup-keys.ts";
import {
  type BackupFile,
  type Head,
  headSchema,
  longestFirstLine,
  longestHead,
  readFirstLine,
} from "./format.ts";
import { undigested, unsealed } from "./sealing.ts";

/** @param identity what an encrypted one is opened with */
export async function readBackup(file: string, folder: string, identity: KeyObject | null): Promise<Head> {
  const first = firstLineOf(file);
  const wrapping = readFirstLine(first.toString("latin1").trimEnd());
  if (wrapping.kind === "x25519" && identity === null)
    throw new Error(`it is encrypted to ${wrapping.recipient}; name the file with the private key by --key`);
  const key = wrapping.kind === "x25519" && identity ? keyFrom(identity, wrapping) : null;
  let head: Head | null = null;
  await pipeline(
    createReadStream(file, { start: first.length }),
    (source: AsyncIterable<Buffer>) => (key ? unsealed(source, key, first) : undigested(source, first)),
    createZstdDecompress(),
    async (content: AsyncIterable<Buffer>) => {
      head = await unpack(content, folder);
    },
  );
  if (head === null) throw new Error("it holds nothing");
  return head;
}

function firstLineOf(file: string): Buffer {
  const handle = openSync(file, "r");
  try {
    const start = Buffer.alloc(longestFirstLine);
    const line = start.subarray(0, readSync(handle, start, 0, start.length, 0));
    const end = line.indexOf("\n");
    if (end < 0) throw new Error("it is no backup of Rollcall");
    return line.subarray(0, end + 1);
  } finally {
    closeSync(handle);
  }
}

async function unpack(content: AsyncIterable<Buffer>, folder: string): Promise<Head> {
  const stream = new Taken(content);
  const head = headSchema.parse(JSON.parse((await stream.line(longestHead)).toString("utf8")));
  const size = head.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const { bavail, bsize } = statfsSync(folder);
  if (size > bavail * bsize) throw new Error(`its files are ${size} bytes, for which ${folder} has no room`);
  for (const file of head.files) await unpackFile(stream, file, join(folder, file.name));
  if (!(await stream.isAtEnd())) throw new Error("it goes on behind its end");
  return head;
}

async function unpackFile(stream: Taken, { name, bytes, sha256 }: BackupFile, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash("sha256");
  const handle = openSync(path, "wx", 0o600);
  try {
    for await (const chunk of stream.bytes(bytes)) {
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) at += writeSync(handle, chunk, at);
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  if (hash.digest("hex") !== sha256) throw new Error(`${name} in it was altered`);
}

/** A stream from which first a line is taken, then so many bytes. */
class Taken {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async line(longest: number): Promise<Buffer> {
    for (;;) {
      const end = this.#held.indexOf("\n");
      if (end >= 0) return this.#take(end + 1);
      if (this.#held.length > longest) throw new Error("its head is damaged");
      const more = await this.#more();
      if (!more) throw new Error("it is cut off");
      this.#held = Buffer.concat([this.#held, more]);
    }
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    for (let missing = count; missing > 0; ) {
      if (this.#held.length === 0) {
        const more = await this.#more();
        if (!more) throw new Error("it is cut off");
        this.#held = more;
      }
      const taken = this.#take(missing);
      missing -= taken.length;
      yield taken;
    }
  }

  async isAtEnd(): Promise<boolean> {
    return this.#held.length === 0 && (await this.#more()) === null;
  }

  #take(most: number): Buffer {
    const taken = this.#held.subarray(0, most);
    this.#held = this.#held.subarray(taken.length);
    return taken;
  }

  /** The next bytes; null at the end. */
  async #more(): Promise<Buffer | null> {
    for (;;) {
      const next = await this.#source.next();
      if (next.done === true) return null;
      if (next.value.length > 0) return next.value;
    }
  }
}
