/**
 * Sets of numbers from 0 to 65,535: the devices of one block that have a term. Up to 4,096 of them are a sorted array,
 * more are a bit each, so a set has exactly one form. A set is never changed; operations make new ones.
 */

/** From this many on a bit for each possible number is shorter than a list. */
export const mostInArray = 4_096;

/** 32-bit words of a set of bits. */
export const wordsOfBits = 2_048;

export type Container =
  | { readonly count: number; readonly values: Uint16Array; readonly words: null }
  | { readonly count: number; readonly values: null; readonly words: Uint32Array };

export const empty: Container = { count: 0, values: new Uint16Array(0), words: null };

/** Of ascending numbers, each once; the array is taken over. */
export function fromSorted(values: Uint16Array): Container {
  if (values.length <= mostInArray) return { count: values.length, values, words: null };
  const words = new Uint32Array(wordsOfBits);
  setAll(words, values);
  return { count: values.length, values: null, words };
}

/** Of a bit for each number; the words are taken over. */
export function fromWords(words: Uint32Array, count: number = countOnes(words)): Container {
  if (count > mostInArray) return { count, values: null, words };
  return { count, values: setBits(words, count), words: null };
}

/** The numbers, ascending. Not to be changed. */
export function valuesOf({ count, values, words }: Container): Uint16Array {
  return values ?? setBits(words, count);
}

export function has({ values, words }: Container, value: number): boolean {
  return values ? values[lowerBound(values, value)] === value : isSet(words, value);
}

export function and(a: Container, b: Container): Container {
  if (a.values) return fromSorted(b.values ? common(a.values, b.values) : kept(a.values, b.words, true));
  if (b.values) return fromSorted(kept(b.values, a.words, true));
  const words = new Uint32Array(wordsOfBits);
  for (let at = 0; at < wordsOfBits; at++) words[at] = (a.words[at] ?? 0) & (b.words[at] ?? 0);
  return fromWords(words);
}

/** How many both have, without making that set. */
export function countAnd(a: Container, b: Container): number {
  if (a.values) return b.values ? common(a.values, b.values).length : countSet(a.values, b.words);
  if (b.values) return countSet(b.values, a.words);
  let count = 0;
  for (let at = 0; at < wordsOfBits; at++) count += onesIn((a.words[at] ?? 0) & (b.words[at] ?? 0));
  return count;
}

export function or(a: Container, b: Container): Container {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  if (a.values && b.values && a.count + b.count <= mostInArray) return fromSorted(either(a.values, b.values));
  const words = bitsOf(a);
  if (b.values) setAll(words, b.values);
  else joinWords(words, b.words);
  return fromWords(words);
}

/** Of any number of sets, gathered in one set of bits. */
export function union(sets: readonly Container[]): Container {
  const some = sets.filter(({ count }) => count > 0);
  const [first, second] = some;
  if (!first) return empty;
  if (!second) return first;
  const words = new Uint32Array(wordsOfBits);
  for (const set of some)
    if (set.values) setAll(words, set.values);
    else joinWords(words, set.words);
  return fromWords(words);
}

/** What `a` has and `b` has not. */
export function andNot(a: Container, b: Container): Container {
  if (a.count === 0 || b.count === 0) return a;
  if (a.values) return fromSorted(b.values ? without(a.values, b.values) : kept(a.values, b.words, false));
  const words = a.words.slice();
  if (b.values) for (const value of b.values) clearBit(words, value);
  else for (let at = 0; at < wordsOfBits; at++) words[at] = (words[at] ?? 0) & ~(b.words[at] ?? 0);
  return fromWords(words);
}

/** With these and without those, both ascending; no number is in both. */
export function changed(container: Container, added: Uint16Array, removed: Uint16Array): Container {
  if (container.values) return or(andNot(container, fromSorted(removed)), fromSorted(added));
  const words = container.words.slice();
  let { count } = container;
  for (const value of removed) {
    if (isSet(words, value)) count--;
    clearBit(words, value);
  }
  for (const value of added) {
    if (!isSet(words, value)) count++;
    setBit(words, value);
  }
  return fromWords(words, count);
}

/** A copy as bits, to be changed by whoever asked for it. */
export function bitsOf({ values, words }: Container): Uint32Array {
  if (words) return words.slice();
  const bits = new Uint32Array(wordsOfBits);
  setAll(bits, values);
  return bits;
}

function common(a: Uint16Array, b: Uint16Array): Uint16Array {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const result = new Uint16Array(few.length);
  let [length, at] = [0, 0];
  // Where one is much longer, looking each up takes fewer steps than walking through.
  const isLookedUp = few.length * 16 < many.length;
  for (const value of few) {
    if (isLookedUp) at = lowerBound(many, value, at);
    else while (at < many.length && (many[at] ?? 0) < value) at++;
    if (many[at] === value) result[length++] = value;
  }
  return result.subarray(0, length);
}

function either(a: Uint16Array, b: Uint16Array): Uint16Array {
  const result = new Uint16Array(a.length + b.length);
  let [length, i, j] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    result[length++] = Math.min(x, y);
    if (x <= y) i++;
    if (y <= x) j++;
  }
  const rest = i < a.length ? a.subarray(i) : b.subarray(j);
  result.set(rest, length);
  return result.subarray(0, length + rest.length);
}

function without(a: Uint16Array, b: Uint16Array): Uint16Array {
  const result = new Uint16Array(a.length);
  let [length, at] = [0, 0];
  for (const value of a) {
    while (at < b.length && (b[at] ?? 0) < value) at++;
    if (b[at] !== value) result[length++] = value;
  }
  return result.subarray(0, length);
}

/** Those whose bit is set, or those whose bit is not. */
function kept(values: Uint16Array, words: Uint32Array, wanted: boolean): Uint16Array {
  const result = new Uint16Array(values.length);
  let length = 0;
  for (const value of values) if (isSet(words, value) === wanted) result[length++] = value;
  return result.subarray(0, length);
}

function countSet(values: Uint16Array, words: Uint32Array): number {
  let count = 0;
  for (const value of values) if (isSet(words, value)) count++;
  return count;
}

/** The first place from `from` on whose number is not below `value`. */
function lowerBound(values: Uint16Array, value: number, from = 0): number {
  let [low, high] = [from, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function setAll(words: Uint32Array, values: Uint16Array): void {
  // By place: an iterator takes several times as long.
  for (let at = 0; at < values.length; at++) setBit(words, values[at] ?? 0);
}

function joinWords(words: Uint32Array, others: Uint32Array): void {
  for (let at = 0; at < wordsOfBits; at++) words[at] = (words[at] ?? 0) | (others[at] ?? 0);
}

function setBit(words: Uint32Array, value: number): void {
  words[value >>> 5] = (words[value >>> 5] ?? 0) | (1 << (value & 31));
}

function clearBit(words: Uint32Array, value: number): void {
  words[value >>> 5] = (words[value >>> 5] ?? 0) & ~(1 << (value & 31));
}

function isSet(words: Uint32Array, value: number): boolean {
  return (((words[value >>> 5] ?? 0) >>> (value & 31)) & 1) === 1;
}

function setBits(words: Uint32Array, count: number): Uint16Array {
  const values = new Uint16Array(count);
  let length = 0;
  for (let at = 0; at < wordsOfBits; at++) {
    // The lowest bit that is set, and then without it.
    for (let word = words[at] ?? 0; word !== 0; word &= word - 1)
      values[length++] = (at << 5) + 31 - Math.clz32(word & -word);
  }
  return values;
}

function countOnes(words: Uint32Array): number {
  let count = 0;
  for (let at = 0; at < wordsOfBits; at++) count += onesIn(words[at] ?? 0);
  return count;
}

/** Bits of a 32-bit word that are set: summed in pairs, fours, bytes ("Hacker's Delight", 5-1). */
function onesIn(word: number): number {
  let sums = word - ((word >>> 1) & 0x5555_5555);
  sums = (sums & 0x3333_3333) + ((sums >>> 2) & 0x3333_3333);
  return Math.imul((sums + (sums >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
