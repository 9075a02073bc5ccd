/** What a field name that nobody knows may have meant. */

/** The nearest name, or all that there are: the end of a sentence. */
export function suggestion(name: string, known: readonly string[]): string {
  const longer = ({ other }: { readonly other: string }) => Math.abs(other.length - name.length);
  const near = known
    .map((other) => ({ other, far: distance(name, other) }))
    .sort((a, b) => a.far - b.far || longer(a) - longer(b))[0];
  return near && near.far <= 2
    ? `; did you mean "${near.other}"?`
    : `; fields are ${[...known].sort().join(", ")}`;
}

/** Levenshtein distance of two short names, two letters that changed places being one step (Damerau). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwapped ? (before[j - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
