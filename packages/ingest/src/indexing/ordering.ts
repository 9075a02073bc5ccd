/** The order of texts in answers: by the bytes of their UTF-8, as SQLite has them; numbers by size. */
import type { FacetValue } from "../store/search-index.ts";

export function compareValues(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [x, y] = [String(a), String(b)];
  const length = Math.min(x.length, y.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [x.charCodeAt(at), y.charCodeAt(at)];
    if (left !== right) return rankOf(left) - rankOf(right);
  }
  return x.length - y.length;
}

/** Bytes of UTF-8 are in the order of code points: those of two units (surrogates) come behind all that have one. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The most frequent first, equal ones by value. */
export const compareFacets = (a: FacetValue, b: FacetValue): number =>
  b.devices - a.devices || compareValues(a.value, b.value);

/** The first `most` in their order, beyond `after`. */
export function firstOf<T>(
  all: Iterable<T>,
  { most, compare, after }: { most: number; compare: (a: T, b: T) => number; after: T | null },
): T[] {
  let kept: T[] = [];
  let last: T | undefined;
  for (const each of all) {
    if (after !== null && compare(each, after) <= 0) continue;
    if (last !== undefined && compare(each, last) > 0) continue;
    kept.push(each);
    if (kept.length < 2 * most) continue;
    kept = kept.sort(compare).slice(0, most);
    last = kept.at(-1);
  }
  return kept.sort(compare).slice(0, most);
}

/** Puts sorted sequences together; what is equal in several of them comes together. */
export function* mergeSorted<T>(
  sequences: readonly Iterable<T>[],
  compare: (a: T, b: T) => number,
): Generator<T[]> {
  const iterators = sequences.map((sequence) => sequence[Symbol.iterator]());
  const heads = iterators.map((iterator) => iterator.next());
  try {
    for (;;) {
      let lowest: T[] = [];
      for (const head of heads) {
        if (head.done) continue;
        const order = lowest[0] === undefined ? -1 : compare(head.value, lowest[0]);
        if (order < 0) lowest = [head.value];
        else if (order === 0) lowest.push(head.value);
      }
      if (lowest.length === 0) return;
      for (const [at, head] of heads.entries())
        if (!head.done && lowest.includes(head.value)) heads[at] = iterators[at]?.next() ?? head;
      yield lowest;
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}
