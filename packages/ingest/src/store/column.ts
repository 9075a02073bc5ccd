/**
 * One column of values by ordinal, in memory that every thread of the process shares and that grows where it stands:
 * no thread has to be told. Views that follow a buffer's length cost fifty times as much on each access (measured on
 * Node 24: 107 ns against 2), so each thread has one of fixed length and takes a longer one when it meets an ordinal
 * beyond it.
 */

type Values = Uint32Array | Float64Array;

interface Kind<A extends Values> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer, offset: number, length: number): A;
}

/** Ordinals at most. Memory is only set aside for them; what was never written to takes none. */
export const mostOrdinals = 2 ** 25;

/** Ordinals that a growth of the columns is about. */
export const perBlock = 65_536;
/** Ordinals whose values are written to disk together. */
export const perSlice = 4_096;

export class Column<A extends Values> {
  readonly buffer: SharedArrayBuffer;
  /** Values of each ordinal. */
  readonly width: number;
  readonly #kind: Kind<A>;
  #values: A;

  /** `buffer`: of the same column in another thread. */
  constructor(kind: Kind<A>, width = 1, buffer?: SharedArrayBuffer) {
    const each = kind.BYTES_PER_ELEMENT * width;
    this.#kind = kind;
    this.width = width;
    this.buffer = buffer ?? new SharedArrayBuffer(perBlock * each, { maxByteLength: mostOrdinals * each });
    this.#values = this.#view();
  }

  #view(): A {
    return new this.#kind(this.buffer, 0, this.buffer.byteLength / this.#kind.BYTES_PER_ELEMENT);
  }

  /** What this thread sees; `reach` takes it further. */
  get values(): A {
    return this.#values;
  }

  get bytesEach(): number {
    return this.#kind.BYTES_PER_ELEMENT * this.width;
  }

  /** Sees what has grown meanwhile; false where there is nothing of this ordinal yet. */
  reach(ordinal: number): boolean {
    if (ordinal * this.width < this.#values.length) return true;
    if (this.buffer.byteLength > this.#values.byteLength) this.#values = this.#view();
    return ordinal * this.width < this.#values.length;
  }

  /** Makes room for an ordinal. By the one thread that applies what was committed. */
  grow(ordinal: number): void {
    if (this.reach(ordinal)) return;
    if (ordinal >= mostOrdinals) throw new Error(`ordinal ${ordinal} is beyond what columns can hold`);
    this.buffer.grow((Math.floor(ordinal / perBlock) + 1) * perBlock * this.bytesEach);
    this.reach(ordinal);
  }

  /** The bytes of a slice up to, not including, an ordinal; a copy. */
  bytesOf(slice: number, end: number): Buffer {
    const from = slice * perSlice * this.bytesEach;
    const to = Math.min((slice + 1) * perSlice, end) * this.bytesEach;
    return Buffer.from(new Uint8Array(this.buffer, from, Math.max(0, to - from)));
  }

  /** Puts back what `bytesOf` gave. */
  putBytes(slice: number, bytes: Uint8Array): void {
    if (bytes.length > perSlice * this.bytesEach || bytes.length % this.bytesEach !== 0)
      throw new Error(`a column's slice has ${bytes.length} bytes, which is not what it can have`);
    this.grow((slice + 1) * perSlice - 1);
    new Uint8Array(this.buffer).set(bytes, slice * perSlice * this.bytesEach);
  }
}
