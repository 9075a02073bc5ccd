/** What rules of versions have in common: numbers of any length, parts compared one by one, and an epoch before them. */

/** Decimal digits by the size of their number, however many there are; none are a zero. */
export function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length - y.length || compareText(x, y);
}

/** By UTF-16 code units. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The first pair that differs decides; `at` is asked beyond the end of either, too. */
export function compareEach(length: number, at: (index: number) => number): number {
  for (let index = 0; index < length; index++) {
    const found = at(index);
    if (found !== 0) return found;
  }
  return 0;
}

export interface Parts {
  readonly epoch: string;
  readonly upstream: string;
  /** Undefined where there is none. */
  readonly release: string | undefined;
}

/** `epoch:upstream-release`; the last dash begins the release, and only digits are an epoch. */
export function partsOf(version: string): Parts {
  const epoch = /^(\d+):/.exec(version)?.[1];
  const rest = epoch === undefined ? version : version.slice(epoch.length + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: epoch ?? "0",
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    release: dash < 0 ? undefined : rest.slice(dash + 1),
  };
}

/**
 * A comparison of what `parse` understands. What it does not understand is lower than all that it does, and compares
 * among itself by `otherwise`: versions come from outside, and every two of them have an order.
 */
export function comparingParsed<T>(
  parse: (version: string) => T | null,
  compare: (a: T, b: T) => number,
  otherwise: (a: string, b: string) => number,
): (a: string, b: string) => number {
  return (a, b) => {
    const [x, y] = [parse(a), parse(b)];
    if (x !== null && y !== null) return compare(x, y);
    if (x === null && y === null) return otherwise(a, b);
    return x === null ? -1 : 1;
  };
}
