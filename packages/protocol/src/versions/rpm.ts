/** Versions as rpm compares them (rpm-version(7)): epoch, version and release, each in runs of digits or letters. */
import { compareDigits, compareEach, compareText, partsOf } from "./runs.ts";

export function compareRpm(a: string, b: string): number {
  const [x, y] = [partsOf(a), partsOf(b)];
  return (
    compareDigits(x.epoch, y.epoch) ||
    compareRuns(x.upstream, y.upstream) ||
    compareReleases(x.release, y.release)
  );
}

/** No release is lower than any. */
function compareReleases(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareRuns(a, b);
}

/** What stands between runs only parts them, but for `~` (before the end) and `^` (after it, before all else). */
function compareRuns(a: string, b: string): number {
  const [x, y] = [runsOf(a), runsOf(b)];
  return compareEach(Math.max(x.length, y.length), (index) => {
    const [here, there] = [x[index] ?? "", y[index] ?? ""];
    const rank = rankOf(here) - rankOf(there);
    if (rank !== 0) return rank;
    return rankOf(here) === ranks.digits ? compareDigits(here, there) : compareText(here, there);
  });
}

const runsOf = (part: string): readonly string[] => part.match(/~|\^|[0-9]+|[a-zA-Z]+/g) ?? [];

const ranks = { tilde: 0, end: 1, caret: 2, letters: 3, digits: 4 } as const;

function rankOf(run: string): number {
  if (run === "") return ranks.end;
  if (run === "~") return ranks.tilde;
  if (run === "^") return ranks.caret;
  return /^[0-9]/.test(run) ? ranks.digits : ranks.letters;
}
