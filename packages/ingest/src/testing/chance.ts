/** Chance that can be repeated: the same seed and place give the same number, with no state in between. */

/** Finalizer of MurmurHash3 (public domain): every bit of the input moves every bit of the result. */
function mixed(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export class Chance {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = mixed(seed ^ 0x9e37_79b9);
  }

  /** A whole number from 0 to 2³² − 1 that belongs to this place. */
  number(...place: readonly number[]): number {
    return place.reduce((hash, part) => mixed(Math.imul(hash, 31) + part + 0x6d2b_79f5), this.#seed);
  }

  /** One number after the other, from 0 up to, not including, 1. */
  sequence(): () => number {
    let turn = 0;
    return () => this.part(turn++);
  }

  /** From 0 up to, not including, 1. */
  part(...place: readonly number[]): number {
    return this.number(...place) / 2 ** 32;
  }

  /** One of several, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [T, number])[], ...place: readonly number[]): T {
    let left = this.part(...place) * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    throw new Error("there is nothing to choose from");
  }
}
