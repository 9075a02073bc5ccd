/**
 * Versions as apk compares them (apk-package(5)): `1.2.3b_rc1_p2~f00-r4`. What is none is lower than all that are.
 */
import { compareNatural } from "./natural.ts";
import { compareDigits, compareEach, compareText, comparingParsed } from "./runs.ts";

interface Version {
  readonly numbers: readonly string[];
  readonly letter: string;
  readonly suffixes: readonly { readonly rank: number; readonly number: string }[];
  readonly commit: string;
  readonly release: string;
}

/** Those before the empty one come before the version without any. */
const suffixes: readonly string[] = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];
const noSuffix = { rank: suffixes.indexOf(""), number: "" };

const pattern =
  /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~([0-9a-f]+))?(?:-r(\d+))?$/;

function parse(version: string): Version | null {
  const match = pattern.exec(version);
  if (!match) return null;
  const [, numbers = "", letter = "", suffixed = "", commit = "", release = ""] = match;
  return { numbers: numbers.split("."), letter, suffixes: suffixesOf(suffixed), commit, release };
}

const suffixesOf = (text: string) =>
  [...text.matchAll(/_([a-z]+)(\d*)/g)].map(([, name = "", number = ""]) => ({
    rank: suffixes.indexOf(name),
    number,
  }));

export const compareApk = comparingParsed(
  parse,
  (a, b) =>
    compareNumbers(a.numbers, b.numbers) ||
    compareText(a.letter, b.letter) ||
    compareSuffixes(a.suffixes, b.suffixes) ||
    compareText(a.commit, b.commit) ||
    compareCounts(a.release, b.release),
  compareNatural,
);

/** The first by size; further ones by size too, but as fractions where either begins with a zero (1.05 < 1.1). */
function compareNumbers(a: readonly string[], b: readonly string[]): number {
  return compareEach(Math.max(a.length, b.length), (index) => {
    const [here, there] = [a[index], b[index]];
    if (here === undefined || there === undefined)
      return Number(here !== undefined) - Number(there !== undefined);
    const isFraction = index > 0 && (here.startsWith("0") || there.startsWith("0"));
    return isFraction ? compareText(here, there) : compareDigits(here, there);
  });
}

function compareSuffixes(a: Version["suffixes"], b: Version["suffixes"]): number {
  return compareEach(Math.max(a.length, b.length), (index) => {
    const [here, there] = [a[index] ?? noSuffix, b[index] ?? noSuffix];
    return here.rank - there.rank || compareCounts(here.number, there.number);
  });
}

/** None is lower than a zero. */
const compareCounts = (a: string, b: string): number =>
  compareDigits(a, b) || Number(a !== "") - Number(b !== "");
