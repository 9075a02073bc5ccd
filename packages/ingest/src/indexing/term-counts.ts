/**
 * How many of the devices found have each term: from what each device put in where they are few, otherwise from all sets
 * of the part, one after the other as they lie in the file.
 */
import type { FoundDevices } from "./found-devices.ts";

/** Up to so many devices are read one by one. */
export const fewDevices = 1_000;

export class TermCounts {
  /** By term; numbers of terms are given out one after the other, and never again. */
  readonly #counts: Uint32Array;

  private constructor(counts: Uint32Array) {
    this.#counts = counts;
  }

  static of(found: FoundDevices): TermCounts {
    return found.count <= fewDevices ? TermCounts.sampled(found, fewDevices) : TermCounts.#ofAll(found);
  }

  /** Of some of the devices. */
  static sampled(found: FoundDevices, most: number): TermCounts {
    let counts = new Uint32Array(1_024);
    for (const ordinal of found.sample(most)) {
      found.deadline.check();
      const terms = found.asked.part.termsOf(ordinal);
      counts = withRoom(counts, terms.at(-1) ?? 0);
      for (let at = 0; at < terms.length; at++) increase(counts, terms[at] ?? 0, 1);
    }
    return new TermCounts(counts);
  }

  static #ofAll(found: FoundDevices): TermCounts {
    let counts = new Uint32Array(1_024);
    for (const { term, devices } of found.countsInBlocks()) {
      counts = withRoom(counts, term);
      increase(counts, term, devices);
    }
    return new TermCounts(counts);
  }

  of(term: number): number {
    return this.#counts[term] ?? 0;
  }

  /** Those that any device has, and no more than `atMost`, the most frequent first. */
  *byCount(atMost = Number.POSITIVE_INFINITY): Generator<number> {
    const there = this.terms().filter((term) => this.of(term) <= atMost);
    // One number each, which are sorted by themselves: below 2^53, for devices of a part are no more than 2^20.
    const ranked = Float64Array.from(there, (term) => this.of(term) * 2 ** 32 + term).sort();
    for (let at = ranked.length - 1; at >= 0; at--) yield (ranked[at] ?? 0) % 2 ** 32;
  }

  /** Those that any device has, ascending. */
  terms(): Uint32Array {
    const terms = new Uint32Array(this.#counts.length);
    let length = 0;
    for (let term = 0; term < this.#counts.length; term++) if (this.of(term) > 0) terms[length++] = term;
    return terms.subarray(0, length);
  }
}

function increase(counts: Uint32Array, term: number, by: number): void {
  counts[term] = (counts[term] ?? 0) + by;
}

function withRoom(counts: Uint32Array<ArrayBuffer>, term: number): Uint32Array<ArrayBuffer> {
  if (term < counts.length) return counts;
  const larger = new Uint32Array(Math.max(counts.length * 2, term + 1));
  larger.set(counts);
  return larger;
}
