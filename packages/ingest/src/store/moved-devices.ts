/**
 * Devices whose times or flags changed since somebody read them: a bit each, in memory that threads share. Set when the
 * transaction is committed, before anybody is told; so whoever reads what is set has everything that was acknowledged.
 */

/** By table: what of its rows is kept in memory by those that answer questions, in the words of `foundBy`. */
export const movedBy = {
  devices: {
    columns: ["first_seen_at", "last_seen_at", "retired_at"],
    devices: (row: string) => `select ${row}.ordinal`,
  },
  installations: { columns: ["device", "doubted_at"], devices: (row: string) => `select ${row}.device` },
} as const;

const bitsOfWord = 32;
const wordBytes = 4;
const firstBytes = 2 ** 14;
/** For half a milliard devices; of those beyond it is only known that one of them moved. */
const mostBytes = 2 ** 26;

export class MovedDevices {
  readonly buffer: SharedArrayBuffer;
  /** Grows with the buffer. The first one says that it is not known which. */
  readonly #words: Int32Array;

  /** Those of another thread, or new ones. */
  constructor(buffer = new SharedArrayBuffer(firstBytes, { maxByteLength: mostBytes })) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  mark(devices: readonly number[]): void {
    for (const device of devices) {
      const word = 1 + Math.floor(device / bitsOfWord);
      if (this.#hasRoom(word)) Atomics.or(this.#words, word, 1 << (device % bitsOfWord));
      else Atomics.store(this.#words, 0, 1);
    }
  }

  /** Ascending, and none of them from now on; null where any may have moved. */
  take(): number[] | null {
    const isUnknown = Atomics.exchange(this.#words, 0, 0) !== 0;
    const devices: number[] = [];
    for (let word = 1; word < this.#words.length; word++) {
      if (Atomics.load(this.#words, word) === 0) continue;
      const bits = Atomics.exchange(this.#words, word, 0);
      for (let bit = 0; bit < bitsOfWord; bit++)
        if ((bits >>> bit) & 1) devices.push((word - 1) * bitsOfWord + bit);
    }
    return isUnknown ? null : devices;
  }

  #hasRoom(word: number): boolean {
    const needed = (word + 1) * wordBytes;
    if (needed > mostBytes) return false;
    if (needed > this.buffer.byteLength) this.buffer.grow(Math.min(needed * 2, mostBytes));
    return true;
  }
}
