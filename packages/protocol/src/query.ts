/**
 * The query language, as far as it goes: words and `field:value`, all of which have to hold, each negated by a
 * leading `-`; numbers compare with `<`, `<=`, `>`, `>=`. What the language will have later is refused with its
 * position, never misread.
 */
import { plainAddress } from "./ip-address.ts";
import { limits } from "./limits.ts";
import { RollcallError } from "./problem.ts";
import type { SearchField } from "./search-values.ts";

export type Comparison = "=" | "<" | "<=" | ">" | ">=";

/** Where a part stands in the query, in UTF-16 code units. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export type Condition =
  | { readonly kind: "word"; readonly negated: boolean; readonly text: string }
  | { readonly kind: "text"; readonly negated: boolean; readonly field: string; readonly text: string }
  | {
      readonly kind: "number";
      readonly negated: boolean;
      readonly field: string;
      readonly comparison: Comparison;
      readonly number: number;
    };

/** All conditions have to hold; none means every device. */
export type Query = readonly Condition[];

interface Token extends Span {
  readonly negated: boolean;
  readonly field: string | null;
  readonly value: string;
  readonly quoted: boolean;
}

function refuse(detail: string, { start }: Pick<Span, "start">): never {
  const end = detail.endsWith("?") ? "" : ".";
  throw new RollcallError("query-invalid", { detail: `At position ${start + 1}: ${detail}${end}` });
}

/** Parses a query over these fields. Throws `query-invalid` with position and suggestion. */
export function parseQuery(
  source: string,
  fields: ReadonlyMap<string, SearchField>,
  mostBytes: number = limits.query,
): Query {
  if (Buffer.byteLength(source) > mostBytes)
    throw new RollcallError("query-invalid", { detail: `A query has at most ${mostBytes} bytes.` });
  return tokens(source).map((token) => condition(token, fields));
}

// -? (field:)? ("quoted" | bare), where either ends at white space and nothing bare begins with a quote.
const tokenPattern = /\s*(-?)(?:([a-zA-Z][a-zA-Z0-9.]*):)?(?:"((?:[^"\\]|\\.)*)"(?!\S)|([^\s"]\S*))?/sy;

function tokens(source: string): Token[] {
  const found: Token[] = [];
  const length = source.trimEnd().length;
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < length) {
    const from = tokenPattern.lastIndex;
    const match = tokenPattern.exec(source);
    if (!match) refuse("this cannot be read", { start: from });
    const [whole, minus, field, quoted, bare] = match;
    const start = from + (whole.length - whole.trimStart().length);
    const end = from + whole.length;
    const value = quoted === undefined ? (bare ?? "") : quoted.replace(/\\(.)/gs, "$1");
    if (quoted === undefined && bare === undefined && source[end] === '"')
      refuse("a quote is not closed, or no space follows where it is", { start: end });
    if (value === "")
      refuse(field === undefined ? "there is no word here" : `${field}: has no value`, { start });
    found.push({
      start,
      end,
      negated: minus === "-",
      field: field?.toLowerCase() ?? null,
      value,
      quoted: quoted !== undefined,
    });
  }
  return found;
}

function condition(token: Token, fields: ReadonlyMap<string, SearchField>): Condition {
  const { negated, field: name, value } = token;
  if (!token.quoted) refuseLater(token);
  if (name === null) {
    refuseComparison(token);
    return { kind: "word", negated, text: value };
  }
  const field = fields.get(name);
  if (!field) refuse(`there is no field "${name}"${suggestion(name, [...fields.keys()])}`, token);
  if (field.as === "number") return { kind: "number", negated, field: name, ...numberOf(token, field) };
  refuseComparison(token);
  return { kind: "text", negated, field: name, text: field.address ? addressOf(token, field) : value };
}

/** Parts of the language that are not there yet. */
function refuseLater(token: Token): void {
  const { value } = token;
  if (/^(OR|AND|NOT)$/.test(value) && token.field === null)
    refuse(`${value} is not there yet; quote it to search for the word`, token);
  if (/^\(|\)$/.test(value))
    refuse("parentheses are not there yet; quote the value to search for them", token);
  if (/[*?]/.test(value))
    refuse("wildcards are not there yet; quote the value to search for the sign", token);
  if (/^[^<>]+[<>]/.test(value)) refuse("versions cannot be compared yet", token);
}

/** `os.version:>12` is no search for the text ">12". */
function refuseComparison(token: Token): void {
  if (!token.quoted && /^[<>]/.test(token.value))
    refuse("only numbers can be compared yet; quote the value to search for the sign", token);
}

function addressOf(token: Token, { name }: SearchField): string {
  if (token.value.includes("/"))
    refuse(`${name}: takes an address without its prefix length; networks are not there yet`, token);
  return plainAddress(token.value) ?? refuse(`${name}: takes an IP address such as 192.0.2.7`, token);
}

const multipliers: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  kb: 1e3,
  kib: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  t: 1e12,
  tb: 1e12,
  tib: 2 ** 40,
};

function numberOf(token: Token, field: SearchField): { comparison: Comparison; number: number } {
  const match = /^(<=|>=|<|>|=)?(\d+(?:\.\d+)?)([a-z]*)$/i.exec(token.value);
  const suffix = match?.[3]?.toLowerCase() ?? "";
  const multiplier = Object.hasOwn(multipliers, suffix) ? multipliers[suffix] : undefined;
  const number = Number(match?.[2]) * (multiplier ?? Number.NaN);
  if (!Number.isFinite(number)) {
    refuse(
      `${field.name}: takes a number${field.unit === "bytes" ? " such as 8GiB" : ""}, with < or > before it`,
      token,
    );
  }
  return { comparison: comparisonOf(match?.[1]), number };
}

function comparisonOf(sign: string | undefined): Comparison {
  return sign === "<" || sign === "<=" || sign === ">" || sign === ">=" ? sign : "=";
}

function suggestion(name: string, known: readonly string[]): string {
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
