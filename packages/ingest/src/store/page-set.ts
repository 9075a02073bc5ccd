/** Pages of a database by their numbers, from 1 on: a bit for each, since it can be millions. */
export class PageSet {
  #bits = new Uint8Array(1_024);
  #count = 0;
  /** No page before this byte's is in it. */
  #lowest = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(page: number): void {
    const [at, bit] = [page >>> 3, 1 << (page & 7)];
    if (at >= this.#bits.length) this.#grow(at + 1);
    const before = this.#bits[at] ?? 0;
    if ((before & bit) !== 0) return;
    this.#bits[at] = before | bit;
    this.#count++;
    this.#lowest = Math.min(this.#lowest, at);
  }

  /** Takes the first ones out of it, so many at most, in their order. */
  take(most: number): number[] {
    const taken: number[] = [];
    while (this.#count > 0 && taken.length < most) {
      const at = this.#lowest;
      const byte = this.#bits[at] ?? 0;
      if (byte === 0) {
        this.#lowest++;
        continue;
      }
      const lowestBit = byte & -byte;
      this.#bits[at] = byte ^ lowestBit;
      this.#count--;
      taken.push(8 * at + Math.log2(lowestBit));
    }
    return taken;
  }

  #grow(bytes: number): void {
    const before = this.#bits;
    this.#bits = new Uint8Array(Math.max(bytes, 2 * before.length));
    this.#bits.set(before);
  }
}
