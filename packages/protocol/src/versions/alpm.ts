/**
 * Versions as pacman compares them (vercmp(8)): epoch, version, release. A release counts only where both have one:
 * 1.5 is as high as both 1.5-1 and 1.5-2.
 */
import { compareDigits, compareEach, compareText, partsOf } from "./runs.ts";

export function compareAlpm(a: string, b: string): number {
  const [x, y] = [partsOf(a), partsOf(b)];
  return (
    compareDigits(x.epoch, y.epoch) ||
    compareRuns(x.upstream, y.upstream) ||
    (x.release === undefined || y.release === undefined ? 0 : compareRuns(x.release, y.release))
  );
}

interface Run {
  /** How many signs that are neither digit nor letter stand before it. */
  readonly apart: number;
  readonly text: string;
}

/** Runs of digits or letters, the last one perhaps empty, with what stands between them counted. */
function compareRuns(a: string, b: string): number {
  const [x, y] = [runsOf(a), runsOf(b)];
  return compareEach(Math.max(x.length, y.length), (index) => {
    const [here, there] = [x[index] ?? end, y[index] ?? end];
    if (here.text === "" || there.text === "") return compareEnds(here, there);
    return here.apart - there.apart || compareRun(here.text, there.text);
  });
}

const end: Run = { apart: 0, text: "" };

const runsOf = (part: string): readonly Run[] =>
  [...part.matchAll(/([^0-9a-zA-Z]*)([0-9]+|[a-zA-Z]+|$)/g)].map(([, apart = "", text = ""]) => ({
    apart: apart.length,
    text,
  }));

function compareRun(a: string, b: string): number {
  const [isNumber, other] = [/^[0-9]/.test(a), /^[0-9]/.test(b)];
  if (isNumber !== other) return isNumber ? 1 : -1;
  return isNumber ? compareDigits(a, b) : compareText(a, b);
}

/** One of them ends here: letters right behind are lower than the end, all else is higher. */
function compareEnds(a: Run, b: Run): number {
  const apart = a.apart > 0 && b.apart > 0;
  return goesOn(apart ? { ...a, apart: 0 } : a) - goesOn(apart ? { ...b, apart: 0 } : b);
}

function goesOn({ apart, text }: Run): number {
  if (apart > 0 || /^[0-9]/.test(text)) return 1;
  return text === "" ? 0 : -1;
}
