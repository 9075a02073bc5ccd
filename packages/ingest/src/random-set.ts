/**
 * A set of values that are random in every byte (nonces, HMACs), known by their first twelve: in one typed array, for
 * there can be as many as there are devices, and no object for each is held. Nobody can choose values that collide.
 */

/** Bytes by which a value is known; that two of a million are taken for the same has a chance of 10⁻¹⁷. */
export const knownBytes = 12;

const words = knownBytes / 4;
const fewestSlots = 1_024;

export class RandomSet {
  #slots = new Uint32Array(fewestSlots * words);
  #size = 0;

  add(value: Uint8Array): void {
    const [first, second, third] = known(value);
    const at = this.#find(first, second, third);
    if (!this.#isFree(at)) return;
    this.#put(at, first, second, third);
    this.#size++;
    if (2 * this.#size * words > this.#slots.length) this.#grow();
  }

  has(value: Uint8Array): boolean {
    const [first, second, third] = known(value);
    return !this.#isFree(this.#find(first, second, third));
  }

  /** Where a value is, or would be. */
  #find(first: number, second: number, third: number): number {
    const slots = this.#slots;
    const count = slots.length / words;
    for (let slot = first % count; ; slot = (slot + 1) % count) {
      const at = slot * words;
      if (this.#isFree(at)) return at;
      if (slots[at] === first && slots[at + 1] === second && slots[at + 2] === third) return at;
    }
  }

  #isFree(at: number): boolean {
    return this.#slots[at] === 0 && this.#slots[at + 1] === 0 && this.#slots[at + 2] === 0;
  }

  #put(at: number, first: number, second: number, third: number): void {
    this.#slots[at] = first;
    this.#slots[at + 1] = second;
    this.#slots[at + 2] = third;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += words) {
      const [first = 0, second = 0, third = 0] = before.subarray(at, at + words);
      if (first !== 0 || second !== 0 || third !== 0)
        this.#put(this.#find(first, second, third), first, second, third);
    }
  }
}

/** Nothing random is all zeros: that is what a free slot is. */
function known(value: Uint8Array): readonly [number, number, number] {
  const { buffer, byteOffset, length } = value;
  if (length < knownBytes) throw new Error(`a random value has ${knownBytes} bytes or more`);
  const view = new DataView(buffer, byteOffset, knownBytes);
  return [view.getUint32(0), view.getUint32(4), view.getUint32(8)];
}
