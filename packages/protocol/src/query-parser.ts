/**
 * The query language: words and `field:value`, negated by `-` or `NOT`, all of them to hold unless `OR` stands between
 * them, in parentheses where that is not what is meant. `OR` binds less than standing beside each other.
 *
 *     os:debian memory:<8GiB -group:lab (model:"ThinkPad T14*" OR software:openssl<3.0.15) seen:<7d
 */
import { suggestion } from "./field-name.ts";
import { limits } from "./limits.ts";
import { RollcallError } from "./problem.ts";
import { conditionsOf, joined, negated, type Query } from "./query.ts";
import { refuse, type SignToken, type Token, tokensOf, type ValueToken } from "./query-tokens.ts";
import { conditionOf, type QueryField, wordOf } from "./query-values.ts";

export interface Reading {
  readonly fields: ReadonlyMap<string, QueryField>;
  /** Ages are counted from here, milliseconds since 1970. */
  readonly now: number;
  readonly mostBytes?: number;
}

/** Throws `query-invalid` with position and suggestion; throws nothing else, whatever the text. */
export function parseQuery(source: string, reading: Reading): Query {
  const mostBytes = reading.mostBytes ?? limits.query;
  if (Buffer.byteLength(source) > mostBytes)
    throw new RollcallError("query-invalid", { detail: `A query has at most ${mostBytes} bytes.` });
  const parser = new Parser(tokensOf(source), source.length, reading);
  const query = parser.query();
  if (conditionsOf(query).length > limits.queryConditions)
    throw new RollcallError("query-invalid", {
      detail: `A query has at most ${limits.queryConditions} conditions.`,
    });
  return query;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  readonly #reading: Reading;
  #at = 0;
  #opened = 0;

  constructor(tokens: readonly Token[], end: number, reading: Reading) {
    this.#tokens = tokens;
    this.#end = end;
    this.#reading = reading;
  }

  query(): Query {
    if (this.#tokens.length === 0) return joined("all", []);
    const query = this.#alternatives();
    const rest = this.#next;
    if (rest) refuse("this parenthesis closes nothing; quote the value that it belongs to", rest);
    return query;
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #take(kind: SignToken["kind"]): Token | null {
    const token = this.#next;
    if (token?.kind !== kind) return null;
    this.#at++;
    return token;
  }

  #alternatives(): Query {
    const parts = [this.#sequence()];
    while (this.#take("or")) parts.push(this.#sequence());
    return joined("any", parts);
  }

  #sequence(): Query {
    const parts = [this.#operand()];
    for (let next = this.#next; next && next.kind !== "or" && next.kind !== "close"; next = this.#next) {
      this.#take("and");
      parts.push(this.#operand());
    }
    return joined("all", parts);
  }

  #operand(): Query {
    let isNegated = false;
    while (this.#take("not") || this.#take("minus")) isNegated = !isNegated;
    const part = this.#group() ?? this.#condition();
    return isNegated ? negated(part) : part;
  }

  #group(): Query | null {
    const open = this.#take("open");
    if (!open) return null;
    if (++this.#opened > limits.queryParentheses)
      refuse(`a query has at most ${limits.queryParentheses} parentheses`, open);
    const query = this.#alternatives();
    if (!this.#take("close")) refuse("this parenthesis is not closed", open);
    return query;
  }

  #condition(): Query {
    const token = this.#next;
    if (token?.kind !== "value") return refuseMissing(token, this.#end);
    this.#at++;
    return this.#read(token);
  }

  #read(token: ValueToken): Query {
    const { fields, now } = this.#reading;
    if (token.field === null) return wordOf(token);
    const field = fields.get(token.field);
    if (!field)
      refuse(`there is no field "${token.field}"${suggestion(token.field, [...fields.keys()])}`, token);
    return conditionOf(token, field, now);
  }
}

/** A condition has to stand here, and something else does. */
function refuseMissing(token: Exclude<Token, ValueToken> | undefined, end: number): never {
  if (!token) refuse("the query ends where a condition has to follow", { start: end });
  const word = { or: "OR", and: "AND", not: "NOT", minus: "-", open: "(", close: ")" }[token.kind];
  refuse(`${word} stands where a condition has to; quote it to search for the sign`, token);
}
