/** Numbers, texts and bytes as a record has them: numbers of seven bits a byte (LEB128), what has a length after it. */

/** Thrown where bytes end too early or are none that `ByteWriter` writes. */
export class BytesDamaged extends Error {}

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256);
  #at = 0;

  /** A whole number from 0 to 2^53 - 1. */
  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be written`);
    this.#makeRoom(mostBytes);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  /** A whole number of less than 2^52 on either side of 0: small ones are short, whatever their sign. */
  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(text: string): void {
    const bytes = Buffer.from(text);
    this.number(bytes.length);
    this.raw(bytes);
  }

  /** Bytes whose length the reader knows. */
  raw(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #makeRoom(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#at + more));
    larger.set(this.finish());
    this.#bytes = larger;
  }
}

/** Of a number of 53 bits. */
const mostBytes = 8;

export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  number(): number {
    let [value, weight] = [0, 1];
    for (let count = 0; count < mostBytes; count++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * weight;
      weight *= 0x80;
      if (byte >= 0x80) continue;
      if (Number.isSafeInteger(value)) return value;
    }
    throw new BytesDamaged("a number is cut short or too large");
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  text(): string {
    return this.raw(this.number()).toString("utf8");
  }

  raw(length: number): Buffer {
    if (length > this.left) throw new BytesDamaged("it is cut short");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
