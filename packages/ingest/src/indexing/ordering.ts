/** The order of texts in answers: by the bytes of their UTF-8, as SQLite has them; numbers by size. */
export function compareValues(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [x, y] = [String(a), String(b)];
  if (x === y) return 0;
  return Buffer.compare(Buffer.from(x), Buffer.from(y));
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
