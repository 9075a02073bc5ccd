/** Versions of sources that have no rule of their own: numbers by their size, letters as text in any case. */
import { compareDigits, compareEach, compareText } from "./runs.ts";

/** `10.0.9` < `10.0.10`, `1.0` < `1.0b` < `1.0.1`; what stands between numbers and letters only parts them. */
export function compareNatural(a: string, b: string): number {
  const [x, y] = [runsOf(a), runsOf(b)];
  return compareEach(Math.max(x.length, y.length), (index) => {
    const [here, there] = [x[index] ?? "", y[index] ?? ""];
    const rank = rankOf(here) - rankOf(there);
    return rank || (isNumber(here) ? compareDigits(here, there) : compareText(here, there));
  });
}

const runsOf = (version: string): readonly string[] => version.toLowerCase().match(/[0-9]+|\p{L}+/gu) ?? [];

const isNumber = (run: string): boolean => /^[0-9]/.test(run);

/** The end, letters, digits. */
const rankOf = (run: string): number => (run === "" ? 0 : isNumber(run) ? 2 : 1);
