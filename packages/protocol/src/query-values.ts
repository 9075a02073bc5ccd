/** What a value of a query means, by the kind of its field. */
import { plainAddress, readNetwork } from "./ip-address.ts";
import { type Comparison, type Condition, joined, type Query } from "./query.ts";
import { refuse, type ValueToken, type Written } from "./query-tokens.ts";
import type { SearchField } from "./search-values.ts";

/** A field of the language: those that sections declare, and those that only a server knows. */
export interface QueryField extends Omit<SearchField, "as"> {
  readonly as: SearchField["as"] | "time";
  /** The only values that there are. */
  readonly values?: readonly string[];
}

/** A bare word: part of a name or a title. */
export function wordOf(token: ValueToken): Condition {
  const text = plainText(token);
  if (token.compared || (!token.value.quoted && /[<>]/.test(text)))
    refuse(
      "what is compared needs its field, such as software:openssl<3.0.15; quote a word with < or >",
      token,
    );
  return token.value.pieces.length > 1
    ? { kind: "like", field: null, pieces: token.value.pieces }
    : { kind: "word", text };
}

/** @param now ages are counted from here */
export function conditionOf(token: ValueToken, field: QueryField, now: number): Query {
  switch (field.as) {
    case "number":
      return numberCondition(token, field);
    case "time":
      return timeCondition(token, field, now);
    case "title":
      return titleCondition(token, field);
    default:
      return textCondition(token, field);
  }
}

/** What was typed; a `?` without quotes may be meant as a wildcard, which only `*` is. */
function plainText({ value: { pieces, quoted }, start }: ValueToken): string {
  const text = pieces.join("*");
  if (!quoted && text.includes("?"))
    refuse("the only wildcard is *; quote a value that has a question mark", { start });
  return text;
}

function textCondition(token: ValueToken, field: QueryField): Condition {
  const { name, values } = field;
  const text = plainText(token);
  if (token.compared || (!token.value.quoted && /[<>]/.test(text)))
    refuse(
      `${name}: is not compared, only numbers, times and versions are; quote the value to search for the sign`,
      token,
    );
  if (field.address) return addressCondition(token, name, text);
  if (token.value.pieces.length > 1) return { kind: "like", field: name, pieces: token.value.pieces };
  if (values && !values.includes(text.toLowerCase()))
    refuse(`${name}: is one of ${values.join(", ")}`, token);
  return { kind: "text", field: name, text: values ? text.toLowerCase() : text };
}

function addressCondition(token: ValueToken, field: string, text: string): Condition {
  if (token.value.pieces.length > 1)
    refuse(`${field}: takes a network such as 10.0.0.0/8 in the place of a wildcard`, token);
  if (!text.includes("/")) {
    const address = plainAddress(text) ?? refuse(`${field}: takes an IP address such as 192.0.2.7`, token);
    return { kind: "text", field, text: address };
  }
  const network = readNetwork(text) ?? refuse(`${field}: takes a network such as 10.0.0.0/8`, token);
  return { kind: "network", field, network };
}

const comparedTitle = /^([^<>=]+)(<=|>=|<|>|=)(.*)$/s;

function titleCondition(token: ValueToken, field: QueryField): Condition {
  const text = plainText(token);
  const compared = comparedIn(token, text);
  if (!compared) return textCondition(token, field);
  const { title } = compared;
  if (title.pieces.length > 1 || compared.value.pieces.length > 1)
    refuse("versions are compared of one title, without a wildcard", token);
  const [name = "", version = ""] = [title.pieces[0], compared.value.pieces[0]];
  return {
    kind: "version",
    field: field.name,
    title: name,
    comparison: comparisonOf(compared.sign),
    version: version === "" ? refuse(`${field.name}: there is no version to compare with`, token) : version,
  };
}

interface ComparedTitle {
  readonly title: Written;
  readonly sign: string;
  readonly value: Written;
}

/** `openssl<3.0.15`; of a quoted title what stands behind the quotes. */
function comparedIn({ value, compared }: ValueToken, text: string): ComparedTitle | null {
  if (value.quoted) return compared && { title: value, ...compared };
  const [, title, sign, version] = comparedTitle.exec(text) ?? [];
  if (title === undefined || sign === undefined || version === undefined) return null;
  const written = (part: string): Written => ({ pieces: part.split("*"), quoted: false });
  return { title: written(title), sign, value: written(version) };
}

function comparisonOf(sign: string | undefined): Comparison {
  return sign === "<" || sign === "<=" || sign === ">" || sign === ">=" ? sign : "=";
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

function numberCondition(token: ValueToken, { name, unit }: QueryField): Condition {
  const match = /^(<=|>=|<|>|=)?(\d+(?:\.\d+)?)([a-z]*)$/i.exec(token.value.pieces.join("*"));
  const suffix = match?.[3]?.toLowerCase() ?? "";
  const multiplier = Object.hasOwn(multipliers, suffix) ? multipliers[suffix] : undefined;
  const number = Number(match?.[2]) * (multiplier ?? Number.NaN);
  if (token.compared || !Number.isFinite(number)) {
    const example = unit === "bytes" ? " such as 8GiB" : "";
    refuse(`${name}: takes a number${example}, with < or > before it`, token);
  }
  return { kind: "number", field: name, comparison: comparisonOf(match?.[1]), number };
}

const minute = 60_000;
const ages: Readonly<Record<string, number>> = {
  m: minute,
  h: 60 * minute,
  d: 1_440 * minute,
  w: 7 * 1_440 * minute,
};

/** Comparing ages compares times the other way round: what is younger was later. */
const turned = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

function timeCondition(token: ValueToken, { name: field }: QueryField, now: number): Query {
  const [, sign = "", rest = ""] = /^(<=|>=|<|>|=)?(.*)$/s.exec(token.value.pieces.join("*")) ?? [];
  const comparison = comparisonOf(sign);
  const [, amount, unit = ""] = /^(\d{1,6})([mhdw])$/.exec(rest) ?? [];
  if (!token.compared && amount !== undefined && comparison !== "=")
    return {
      kind: "time",
      field,
      comparison: turned[comparison],
      at: now - Number(amount) * (ages[unit] ?? 0),
    };
  const at = token.compared ? null : readTime(rest);
  if (at === null) refuse(`${field}: takes an age such as <7d or a date such as >2026-03-01`, token);
  if (comparison !== "=") return { kind: "time", field, comparison, at };
  if (!isDate(rest)) refuse(`${field}: a time needs < or > before it`, token);
  return joined("all", [
    { kind: "time", field, comparison: ">=", at },
    { kind: "time", field, comparison: "<", at: at + 1_440 * minute },
  ]);
}

const isDate = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** A date, or a time of one in UTC; milliseconds since 1970. */
function readTime(text: string): number | null {
  const at = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  // A day that its month does not have is moved on by some engines.
  return Number.isNaN(at) || !new Date(at).toISOString().startsWith(text.slice(0, 10)) ? null : at;
}
