/**
 * Versions as Semantic Versioning 2.0.0 orders them (section 11), with as many numbers as there are: browser
 * extensions have four. Build metadata does not count. What is none is lower than all that are.
 */
import { compareNatural } from "./natural.ts";
import { compareDigits, compareEach, compareText, comparingParsed } from "./runs.ts";

interface Version {
  readonly numbers: readonly string[];
  readonly before: readonly string[];
}

const pattern = /^[v=]?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?$/;

function parse(version: string): Version | null {
  const match = pattern.exec(version);
  return match && { numbers: (match[1] ?? "").split("."), before: match[2]?.split(".") ?? [] };
}

export const compareSemver = comparingParsed(
  parse,
  (a, b) => compareNumbers(a.numbers, b.numbers) || compareBefore(a.before, b.before),
  compareNatural,
);

/** A number that is not there is a zero. */
function compareNumbers(a: readonly string[], b: readonly string[]): number {
  return compareEach(Math.max(a.length, b.length), (index) => compareDigits(a[index] ?? "", b[index] ?? ""));
}

/** What comes before a release: less than the release itself, and more of it is higher. */
function compareBefore(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  return compareEach(Math.max(a.length, b.length), (index) => {
    const [here, there] = [a[index], b[index]];
    if (here === undefined || there === undefined)
      return Number(here !== undefined) - Number(there !== undefined);
    return compareIdentifier(here, there);
  });
}

/** Numbers by size and below all others, which compare as text. */
function compareIdentifier(a: string, b: string): number {
  const [isNumber, other] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber !== other) return isNumber ? -1 : 1;
  return isNumber ? compareDigits(a, b) : compareText(a, b);
}
