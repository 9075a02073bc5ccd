/**
 * A query as words, signs and parentheses, each with its place. What a value means is known only with its field: a
 * star may be a wildcard, `<` the beginning of a comparison.
 */
import { RollcallError } from "./problem.ts";

/** Where a part stands in the query, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value as it was written. */
export interface Written {
  /** What stands between the stars that are wildcards; one piece where there is none. */
  readonly pieces: readonly string[];
  readonly quoted: boolean;
}

export interface ValueToken extends Span {
  readonly kind: "value";
  /** In lower case; null for a bare word. */
  readonly field: string | null;
  readonly value: Written;
  /** Behind a quoted value: a sign of comparison, and what is compared with. */
  readonly compared: { readonly sign: string; readonly value: Written } | null;
}

export interface SignToken extends Span {
  readonly kind: "open" | "close" | "minus" | "or" | "and" | "not";
}

export type Token = ValueToken | SignToken;

export function refuse(detail: string, { start }: Pick<Span, "start">): never {
  const end = detail.endsWith("?") ? "" : ".";
  throw new RollcallError("query-invalid", { detail: `At position ${start + 1}: ${detail}${end}` });
}

const space = /\s*/y;
const keyword = /(OR|AND|NOT)(?![^\s()])/y;
const fieldName = /([a-zA-Z][a-zA-Z0-9.]*):/y;
const quote = /"((?:[^"\\]|\\.)*)"/sy;
const sign = /<=|>=|<|>|=/y;
const signs = { "(": "open", ")": "close" } as const;
const keywords = { OR: "or", AND: "and", NOT: "not" } as const;

/** Throws `query-invalid` where a quote is not closed, or a field or a `-` stands without a value. */
export function tokensOf(source: string): readonly Token[] {
  const found: Token[] = [];
  const reader = new Reader(source);
  for (reader.take(space); !reader.isAtEnd; reader.take(space)) found.push(nextToken(reader, found.at(-1)));
  return found;
}

/** A place in the text that moves on. */
class Reader {
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  get isAtEnd(): boolean {
    return this.at >= this.source.length;
  }

  get next(): string {
    return this.source.charAt(this.at);
  }

  /** What the pattern finds here, which is then behind us; null where it finds nothing. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.source);
    if (match) this.at = pattern.lastIndex;
    return match;
  }
}

function nextToken(reader: Reader, before: Token | undefined): Token {
  const start = reader.at;
  const { next } = reader;
  if (next === "(" || next === ")") {
    reader.at++;
    return { kind: signs[next], start, end: reader.at };
  }
  // One `-` negates, a second one is the beginning of a word.
  if (next === "-" && !(before?.kind === "minus" && before.end === start)) {
    reader.at++;
    if (reader.isAtEnd || /[\s)]/.test(reader.next)) refuse("there is no word here", { start });
    return { kind: "minus", start, end: reader.at };
  }
  const word = reader.take(keyword)?.[1];
  if (word === "OR" || word === "AND" || word === "NOT")
    return { kind: keywords[word], start, end: reader.at };
  return valueToken(reader, start);
}

function valueToken(reader: Reader, start: number): ValueToken {
  const field = reader.take(fieldName)?.[1]?.toLowerCase() ?? null;
  const value = writtenValue(reader, field);
  if (value.pieces.length === 1 && value.pieces[0] === "")
    refuse(field === null ? "there is no word here" : `${field}: has no value`, { start });
  return {
    kind: "value",
    field,
    value,
    compared: value.quoted ? comparedWith(reader, start) : null,
    start,
    end: reader.at,
  };
}

function writtenValue(reader: Reader, field: string | null): Written {
  const start = reader.at;
  if (reader.next === '"') {
    const quoted = reader.take(quote)?.[1];
    if (quoted === undefined) refuse("a quote is not closed", { start });
    return { pieces: unquoted(quoted), quoted: true };
  }
  if (field !== null && reader.next === "(")
    refuse("a parenthesis stands before the field; quote a value that begins with one", { start });
  return { pieces: bareText(reader).split(/\*+/), quoted: false };
}

function comparedWith(reader: Reader, start: number): ValueToken["compared"] {
  const found = reader.take(sign);
  if (!found) {
    if (!reader.isAtEnd && !/[\s)]/.test(reader.next))
      refuse("no space follows where a quote is closed", { start: reader.at });
    return null;
  }
  const value = writtenValue(reader, null);
  if (value.pieces.join("") === "") refuse("there is nothing to compare with", { start });
  return { sign: found[0], value };
}

/** A backslash takes the next sign for itself, a star too. */
function unquoted(text: string): readonly string[] {
  const pieces = [""];
  for (const [part, escaped] of text.matchAll(/\\(.)|\*+|[^\\*]+/gs)) {
    if (part.startsWith("*")) pieces.push("");
    else pieces.push(`${pieces.pop() ?? ""}${escaped ?? part}`);
  }
  return pieces;
}

/** Up to white space, or the parenthesis that closes what was opened before the value. */
function bareText(reader: Reader): string {
  const start = reader.at;
  let open = 0;
  for (; !reader.isAtEnd && !/\s/.test(reader.next); reader.at++) {
    if (reader.next === "(") open++;
    else if (reader.next === ")" && open-- === 0) break;
  }
  if (open > 0) refuse("a parenthesis within a value is not closed; quote the value", { start });
  return reader.source.slice(start, reader.at);
}
