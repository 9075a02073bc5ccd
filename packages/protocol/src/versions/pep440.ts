/**
 * Versions as Python's packaging compares them (PEP 440, "Version specifiers"): `1!2.0a1.post2.dev3+local.4`. What is
 * none is lower than all that are, as packaging's legacy versions were.
 */
import { compareNatural } from "./natural.ts";
import { compareDigits, compareEach, compareText, comparingParsed } from "./runs.ts";

interface Version {
  readonly epoch: string;
  readonly release: readonly string[];
  readonly pre: { readonly rank: number; readonly number: string };
  /** Undefined where there is none. */
  readonly post: string | undefined;
  readonly dev: string | undefined;
  readonly local: readonly string[];
}

const pattern =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|rc|c)[-_.]?(\d*))?(?:-(\d+)|([-_.]?(?:post|rev|r)[-_.]?(\d*)))?([-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

const preRanks: Readonly<Record<string, number>> = {
  a: 1,
  alpha: 1,
  b: 2,
  beta: 2,
  c: 3,
  pre: 3,
  preview: 3,
  rc: 3,
};
/** A development release of the release itself comes before its alphas; the release after all of them. */
const ranks = { development: 0, release: 4 } as const;

function parse(version: string): Version | null {
  const match = pattern.exec(version.trim().toLowerCase());
  if (!match) return null;
  const [
    ,
    epoch = "",
    release = "",
    pre,
    preNumber = "",
    implicit,
    isPost,
    post = "",
    isDev,
    dev = "",
    local,
  ] = match;
  const posted = isPost === undefined ? implicit : post;
  const developed = isDev === undefined ? undefined : dev;
  const isBare = pre === undefined && posted === undefined && developed !== undefined;
  return {
    epoch,
    release: release.split("."),
    pre: {
      rank: pre === undefined ? (isBare ? ranks.development : ranks.release) : (preRanks[pre] ?? 0),
      number: preNumber,
    },
    post: posted,
    dev: developed,
    local: local?.split(/[-_.]/) ?? [],
  };
}

export const comparePep440 = comparingParsed(
  parse,
  (a, b) =>
    compareDigits(a.epoch, b.epoch) ||
    compareEach(Math.max(a.release.length, b.release.length), (index) =>
      compareDigits(a.release[index] ?? "", b.release[index] ?? ""),
    ) ||
    a.pre.rank - b.pre.rank ||
    compareDigits(a.pre.number, b.pre.number) ||
    compareOptional(a.post, b.post, -1) ||
    compareOptional(a.dev, b.dev, 1) ||
    compareLocal(a.local, b.local),
  compareNatural,
);

/** @param none what a part that is not there is against one that is */
function compareOptional(a: string | undefined, b: string | undefined, none: -1 | 1): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? none : -none;
  return compareDigits(a, b);
}

/** None is lowest, letters come before numbers. */
function compareLocal(a: readonly string[], b: readonly string[]): number {
  return compareEach(Math.max(a.length, b.length), (index) => {
    const [here, there] = [a[index], b[index]];
    if (here === undefined || there === undefined)
      return Number(here !== undefined) - Number(there !== undefined);
    const [isNumber, other] = [/^\d+$/.test(here), /^\d+$/.test(there)];
    if (isNumber !== other) return isNumber ? 1 : -1;
    return isNumber ? compareDigits(here, there) : compareText(here, there);
  });
}
