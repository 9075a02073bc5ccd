/** Which pages a connection writes, by the write-ahead log of its database (file format: fileformat2, 4.1). */
import { closeSync, openSync, readSync } from "node:fs";

const [header, frameHeader] = [32, 24];

/** Where a header has the salts, which a frame repeats that belongs to it. */
const salts = { ofLog: 16, ofFrame: 8, length: 8 } as const;

/** Frames that are read at once. */
const atOnce = 16;

/**
 * Follows the log of a database that one connection writes. It has to be asked after each of that one's transactions:
 * the next one may begin the log anew.
 */
export class PagesInLog {
  readonly #file: string;
  readonly #frame: number;
  readonly #buffer: Buffer;
  readonly #salts = Buffer.alloc(salts.length);
  #descriptor: number | null = null;
  /** Behind the last frame that ended a transaction; what stands there may be overwritten by the next one. */
  #at = header;

  /** Of the file of the log, and the size of a page. */
  constructor(file: string, pageSize: number) {
    this.#file = file;
    this.#frame = frameHeader + pageSize;
    this.#buffer = Buffer.alloc(atOnce * this.#frame);
  }

  /** Names the pages that were written since it was asked last, and maybe some that were not in the end. */
  read(tell: (page: number) => void): void {
    this.#descriptor ??= openSync(this.#file, "r");
    if (!this.#readSalts(this.#descriptor)) return;
    for (let at = this.#at; ; at += this.#buffer.length) {
      const length = readSync(this.#descriptor, this.#buffer, 0, this.#buffer.length, at);
      if (!this.#readFrames(this.#buffer.subarray(0, length), at, tell)) return;
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  /** False where there is no log. One that was begun anew is read from its start. */
  #readSalts(descriptor: number): boolean {
    if (readSync(descriptor, this.#buffer, 0, header, 0) < header) return false;
    const present = this.#buffer.subarray(salts.ofLog, salts.ofLog + salts.length);
    if (!present.equals(this.#salts)) {
      present.copy(this.#salts);
      this.#at = header;
    }
    return true;
  }

  /** False where the log ends in these bytes. */
  #readFrames(bytes: Buffer, from: number, tell: (page: number) => void): boolean {
    let at = 0;
    for (; at + this.#frame <= bytes.length; at += this.#frame) {
      const ofLog = bytes.subarray(at + salts.ofFrame, at + salts.ofFrame + salts.length);
      if (!ofLog.equals(this.#salts)) return false;
      tell(bytes.readUInt32BE(at));
      // The size of the database after a transaction stands in its last frame, and 0 in the others.
      if (bytes.readUInt32BE(at + 4) !== 0) this.#at = from + at + this.#frame;
    }
    return at === this.#buffer.length;
  }
}
