/**
 * Who gets and who loses which term, collected and then read in the order in which bitmaps lie in the file. Millions of
 * changes are one array of numbers, sorted once.
 */

/** Of one bitmap; numbers ascending. */
export interface BitmapChange {
  readonly block: number;
  readonly term: number;
  readonly added: Uint16Array;
  readonly removed: Uint16Array;
}

/**
 * A change is one number: block, term, the device's number in its block, and whether it is added, from the highest bit
 * to the lowest; 53 bits, which a double holds exactly.
 */
const [termUnit, blockUnit] = [2 ** 17, 2 ** 49];

export class BitmapChanges {
  readonly #firstBlock: number;
  #changes = new Float64Array(1_024);
  #count = 0;

  /** Of the 16 blocks from this one on; each device's change of a term is told once. */
  constructor(firstBlock: number) {
    this.#firstBlock = firstBlock;
  }

  add(block: number, term: number, number: number): void {
    this.#push((block - this.#firstBlock) * blockUnit + term * termUnit + number * 2 + 1);
  }

  remove(block: number, term: number, number: number): void {
    this.#push((block - this.#firstBlock) * blockUnit + term * termUnit + number * 2);
  }

  *byBitmap(): Generator<BitmapChange> {
    const sorted = this.#changes.subarray(0, this.#count).sort();
    for (let from = 0, to = 0; from < sorted.length; from = to) {
      const bitmap = bitmapOf(sorted[from]);
      while (to < sorted.length && bitmapOf(sorted[to]) === bitmap) to++;
      yield this.#ofOne(sorted.subarray(from, to), bitmap);
    }
  }

  #ofOne(changes: Float64Array, bitmap: number): BitmapChange {
    const [added, removed] = [new Uint16Array(changes.length), new Uint16Array(changes.length)];
    let [adds, removes] = [0, 0];
    for (const change of changes) {
      const low = change - bitmap * termUnit;
      if (low % 2 === 1) added[adds++] = low >>> 1;
      else removed[removes++] = low >>> 1;
    }
    const inBlock = blockUnit / termUnit;
    return {
      block: this.#firstBlock + Math.floor(bitmap / inBlock),
      term: bitmap % inBlock,
      added: added.subarray(0, adds),
      removed: removed.subarray(0, removes),
    };
  }

  #push(change: number): void {
    if (this.#count === this.#changes.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#changes);
      this.#changes = larger;
    }
    this.#changes[this.#count++] = change;
  }
}

/** Block and term of a change. */
const bitmapOf = (change = 0): number => Math.floor(change / termUnit);
