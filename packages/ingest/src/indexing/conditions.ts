/** Conditions of a query brought to terms and devices of a part, within what a caller may read. */
import { BlockList, isIP, isIPv6 } from "node:net";
import {
  allSections,
  type Comparison,
  fold,
  isJoined,
  isNegated,
  RollcallError,
  versionRulesOf,
} from "@rollcall/protocol";
import type { Scope } from "../store/scope.ts";
import type { IndexCondition, IndexQuery } from "../store/search-index.ts";
import { dayOf, isChangedField } from "./changed-days.ts";
import { devicesOf, type Expression, everything } from "./expression.ts";
import { type Field, foldedName, type Key, type PartReader, type Term } from "./part-reader.ts";
import { textsFrom } from "./text-range.ts";

/** Server's own columns: compared as they are, not folded. */
const asTheyAre: ReadonlySet<string> = new Set(["group"]);

const versionRules = versionRulesOf(allSections);

/** What is known of devices beside what they told; kept in memory, by ordinal. */
export interface LiveDevices {
  /** The device of an installation; null where there is none. */
  deviceOf(installation: number): number | null;
  /** Milliseconds since 1970. */
  seenAt(device: number): number;
  firstSeenAt(device: number): number;
  has(device: number, flag: "retired" | "in-doubt"): boolean;
}

/** How one part is asked by one caller. What may not be read is not among its fields. */
export interface Asked {
  readonly part: PartReader;
  readonly scope: Scope;
  readonly fields: readonly Field[];
  readonly live: LiveDevices;
}

/** A wildcard stands for so many terms at most. */
const mostTerms = 5_000;

/** A place for each number, in a list of them. */
export const places = (ids: readonly number[]): string => `(${ids.map(() => "?").join(",")})`;

export const idsOf = ({ fields }: Asked, name: string): readonly number[] =>
  fields.filter((field) => field.name === name).map(({ id }) => id);

/** The devices of the scope that a query finds. Throws `query-invalid` for a wildcard over too many terms. */
export function expressionOf(asked: Asked, query: IndexQuery): Expression {
  return { kind: "all", parts: [withinScope(asked), holdsQuery(asked, query)] };
}

function holdsQuery(asked: Asked, query: IndexQuery): Expression {
  if (isJoined(query)) return { kind: query.kind, parts: query.parts.map((part) => holdsQuery(asked, part)) };
  if (isNegated(query)) return { kind: "not", part: holdsQuery(asked, query.part) };
  return holds(asked, query);
}

function withinScope(asked: Asked): Expression {
  const { devices } = asked.scope;
  switch (devices.kind) {
    case "all":
      return everything;
    case "groups":
      return { kind: "any", parts: devices.groups.map((group) => holdsText(asked, "group", group)) };
    case "installation": {
      const device = asked.live.deviceOf(devices.ordinal);
      return devicesOf(device === null ? [] : [device]);
    }
  }
}

function holds(asked: Asked, condition: IndexCondition): Expression {
  switch (condition.kind) {
    case "word":
      return holdsWord(asked, condition.text);
    case "number":
      return termsOfNumber(asked, condition.field, signOf[condition.comparison], condition.number);
    case "text":
      return holdsText(asked, condition.field, condition.text);
    case "like":
      return holdsLike(asked, condition.field, condition.pieces);
    case "version":
      return holdsVersion(asked, condition);
    case "network":
      return holdsNetwork(asked, condition.field, condition.network);
    case "time":
      return holdsTime(asked, condition);
    case "flag":
      return { kind: "which", holds: (device) => asked.live.has(device, condition.flag) };
  }
}

const signOf: Readonly<Record<Comparison, string>> = { "=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">=" };

/** Fields that a bare word is looked for in: names and titles. Sensitive values are never found by one. */
const idsOfWords = ({ fields }: Asked): readonly number[] =>
  fields.filter(({ words, sensitive }) => words === 1 && sensitive === 0).map(({ id }) => id);

/** Part of a name or a title. */
function holdsWord(asked: Asked, word: string): Expression {
  const ids = idsOfWords(asked);
  const folded = fold(word);
  const parts = [
    termsOf(termsLike(asked, ids, `instr(${foldedName}, ?) > 0`, folded)),
    holdsKeys(keysLike(asked, ids, "instr(folded, ?) > 0", folded)),
  ];
  return { kind: "any", parts };
}

function holdsText(asked: Asked, field: string, text: string): Expression {
  const ids = idsOf(asked, field);
  if (asTheyAre.has(field))
    return termsOf(asked.part.terms(`field in ${places(ids)} and shown = ?`, ...ids, text));
  const folded = fold(text);
  const keys = keysLike(asked, ids, "folded = ?", folded);
  return { kind: "any", parts: [termsOf(termsNamed(asked, ids, folded)), holdsKeys(keys)] };
}

/** Whole values that begin, go on and end with these pieces. */
function holdsLike(asked: Asked, field: string | null, pieces: readonly string[]): Expression {
  const ids = field === null ? idsOfWords(asked) : idsOf(asked, field);
  const folded = pieces.map(fold);
  const pattern = folded.map((piece) => piece.replaceAll(/[\\%_]/g, "\\$&")).join("%");
  const escaped = folded.map((piece) => piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const fits = new RegExp(`^${escaped.join(".*")}$`, "s");
  const named = termsLike(asked, ids, isLike(foldedName), pattern).filter((term) => fits.test(term.folded));
  if (named.length > mostTerms)
    throw new RollcallError("query-invalid", {
      detail: `The wildcard stands for ${named.length} values; ${mostTerms} are the most.`,
    });
  const [from, behind] = textsFrom(fold(pieces[0] ?? ""));
  const within = behind === null ? [] : [from, behind];
  const where = `${behind === null ? "" : "folded >= ? and folded < ? and "}${isLike("folded")}`;
  const keys = keysLike(asked, ids, where, ...within, pattern).filter((key) => fits.test(key.folded));
  return { kind: "any", parts: [termsOf(named), holdsKeys(keys)] };
}

/** For SQLite a text ends with its first NUL here, so that one with any is looked at again. */
const isLike = (text: string): string => `(${text} like ? escape '\\' or instr(${text}, char(0)) > 0)`;

/** A title in versions that compare so with this one, by the rule of each source. */
function holdsVersion(
  asked: Asked,
  { field, title, comparison, version }: Extract<IndexCondition, { kind: "version" }>,
): Expression {
  const terms = termsNamed(asked, idsOf(asked, field), fold(title)).filter((term) => {
    if (term.version === "") return false;
    const order = versionRules.get(term.source)?.(term.version, version);
    return order !== undefined && comparesSo(order, comparison);
  });
  return termsOf(terms);
}

function holdsNetwork(asked: Asked, field: string, network: string): Expression {
  const [address = "", length] = network.split("/");
  const within = new BlockList();
  within.addSubnet(address, Number(length), isIPv6(address) ? "ipv6" : "ipv4");
  const ids = idsOf(asked, field);
  const devices: number[] = [];
  const keys = asked.part.keys(`field in ${places(ids)}`, ...ids);
  for (const { folded, ordinal } of keys)
    if (isIP(folded) !== 0 && within.check(folded, isIPv6(folded) ? "ipv6" : "ipv4")) devices.push(ordinal);
  return devicesOf(devices);
}

function holdsTime(asked: Asked, condition: Extract<IndexCondition, { kind: "time" }>): Expression {
  const { field, comparison, at } = condition;
  const { live } = asked;
  if (isChangedField(field))
    return termsOfNumber(asked, field, comparison.startsWith("<") ? "<" : ">=", dayOf(at));
  const timeOf = (device: number) => (field === "first" ? live.firstSeenAt(device) : live.seenAt(device));
  return { kind: "which", holds: (device) => comparesSo(timeOf(device) - at, comparison) };
}

function comparesSo(order: number, comparison: Comparison): boolean {
  switch (comparison) {
    case "=":
      return order === 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

type Terms = Extract<Expression, { kind: "terms" }>;

const termsOf = (terms: readonly Pick<Term, "id">[]): Terms => {
  return { kind: "terms", terms: terms.map(({ id }) => id) };
};

function termsOfNumber(asked: Asked, field: string, sign: string, number: number): Terms {
  const ids = idsOf(asked, field);
  const where = `field in ${places(ids)} and shown = '' and version = '' and source = '' and number ${sign} ?`;
  return termsOf(asked.part.terms(where, ...ids, number));
}

/** Terms whose names are equal when folded. */
const termsNamed = ({ part }: Asked, ids: readonly number[], folded: string): readonly Term[] => [
  ...part.terms(`field in ${places(ids)} and folded is null and shown = ?`, ...ids, folded),
  ...part.terms(`field in ${places(ids)} and folded = ?`, ...ids, folded),
];

/** Terms by what is shown of them, each name being looked at once, in the order in which they lie. */
function termsLike(
  { part }: Asked,
  ids: readonly number[],
  where: string,
  ...values: readonly unknown[]
): readonly Term[] {
  const named = `select id from names not indexed where field in ${places(ids)} and ${where}`;
  return part.terms(`names.id in (${named})`, ...ids, ...values);
}

const keysLike = (
  { part }: Asked,
  ids: readonly number[],
  where: string,
  ...values: readonly unknown[]
): readonly Key[] => [...part.keys(`field in ${places(ids)} and ${where}`, ...ids, ...values)];

const holdsKeys = (keys: readonly Key[]): Expression => devicesOf(keys.map(({ ordinal }) => ordinal));
