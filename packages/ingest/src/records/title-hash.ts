/** Titles by number: what is kept of every title of a fleet needs no names. */
import type { SearchValue } from "@rollcall/protocol";

export interface Title {
  readonly source: string;
  readonly name: string;
  /** Empty: none. */
  readonly version: string;
}

/**
 * 53 bits of a title (cyrb53, by bryc, public domain). Not against somebody who looks for two that are alike: who can
 * report one of them can report the other.
 */
export function titleHash({ source, name, version }: Title): number {
  const text = `${source}\0${name}\0${version}`;
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return 2 ** 32 * (b & 0x1fffff) + (a >>> 0);
}

/** Titles of a section that are noted; no machine has as many. */
const mostTitles = 20_000;

/** Of every title among these values, each once. */
export function titleHashes(values: readonly SearchValue[]): Float64Array {
  const hashes = new Set<number>();
  for (const value of values) {
    if (hashes.size === mostTitles) break;
    if (value.as === "title")
      hashes.add(titleHash({ source: value.source, name: value.title, version: value.version ?? "" }));
  }
  return Float64Array.from(hashes);
}

/** What is in `from` and not in `other`. */
export function withoutHashes(from: Float64Array, other: Float64Array): Float64Array {
  const there = new Set(other);
  return from.filter((hash) => !there.has(hash));
}
