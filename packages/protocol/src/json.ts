/**
 * JSON from outside and JSON to be signed: bounded parsing, and the canonical form of RFC 8785 (JCS) with the
 * demand that received bytes already are in it.
 */
import { RollcallError } from "./problem.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Nesting that any message may have at most. */
export const deepest = 32;

/**
 * Values that any message may hold at most; the largest document that a definition allows has half of that.
 * 64 MiB of `{},` are 6 KB on the wire and would cost seconds and gigabytes once parsed.
 */
export const mostValues = 2_000_000;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Parses UTF-8 JSON. Throws `invalid-json`, or `too-deep` and `too-large` for more levels and values than there
 * may be, which is found out before anything is built.
 */
export function parseJson(bytes: Uint8Array, maxDepth: number = deepest): unknown {
  refuseCostly(bytes, maxDepth);
  return parsedText(bytes).value;
}

function parsedText(bytes: Uint8Array): { readonly text: string; readonly value: unknown } {
  try {
    const text = decoder.decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch (cause) {
    throw new RollcallError("invalid-json", { cause });
  }
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const isOpening = (byte: number | undefined) => byte === 0x5b || byte === 0x7b;
const isClosing = (byte: number | undefined) => byte === 0x5d || byte === 0x7d;

function refuseCostly(bytes: Uint8Array, maxDepth: number): void {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === comma) values++;
    else if (isOpening(byte)) {
      values++;
      depth++;
      if (depth > maxDepth)
        throw new RollcallError("too-deep", { detail: `The body nests deeper than ${maxDepth} levels.` });
    } else if (isClosing(byte)) depth--;
  }
  if (values > mostValues)
    throw new RollcallError("too-large", { detail: `The body holds more than ${mostValues} values.` });
}

/**
 * The canonical form (RFC 8785) of a plain value. Members that are `undefined` are left out.
 * Throws `not-canonical` for what has no such form: lone surrogates, numbers that are not finite.
 */
export function canonical(value: unknown): string {
  // What is in order already, which is what comes from the wire and the disk, the engine writes by itself.
  const text = isInOrder(value) ? JSON.stringify(value) : surrogate;
  return text.includes(surrogate) ? canonicalValue(value) : text;
}

/** How JSON.stringify writes lone surrogates, and everything that looks like that. */
const surrogate = "\\ud";

/** Whether JSON.stringify writes the members of every object in the order that RFC 8785 asks for, and leaves none out. */
function isInOrder(value: unknown): boolean {
  if (typeof value !== "object") return isScalar(value);
  if (value === null) return true;
  if (Array.isArray(value)) {
    // By place: a hole is undefined, which is no scalar.
    for (let at = 0; at < value.length; at++) if (!isInOrder(value[at])) return false;
    return !("toJSON" in value);
  }
  let before = "";
  for (const name of Object.keys(value)) {
    if (name < before || !isInOrder(Reflect.get(value, name))) return false;
    before = name;
  }
  return !("toJSON" in value);
}

const isScalar = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);

function canonicalValue(value: unknown): string {
  if (typeof value === "string") return canonicalString(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value))
      throw new RollcallError("not-canonical", { detail: "A number is not finite." });
    return JSON.stringify(value);
  }
  // Array.from, because map would pass over holes.
  if (Array.isArray(value)) return `[${Array.from(value, canonicalValue).join(",")}]`;
  if (typeof value === "object") return canonicalObject(value);
  throw new RollcallError("not-canonical", { detail: `A ${typeof value} has no canonical form.` });
}

function canonicalString(value: string): string {
  if (!value.isWellFormed())
    throw new RollcallError("not-canonical", { detail: "A string holds a lone surrogate." });
  return JSON.stringify(value);
}

function canonicalObject(value: object, written: (member: unknown) => string = canonicalValue): string {
  // Array.prototype.sort compares UTF-16 code units, which is the order that RFC 8785, 3.2.3 asks for.
  const members = Object.keys(value).sort();
  let text = "{";
  for (const name of members) {
    const member: unknown = Reflect.get(value, name);
    if (member === undefined) continue;
    text += `${text.length > 1 ? "," : ""}${canonicalString(name)}:${written(member)}`;
  }
  return `${text}}`;
}

export function canonicalBytes(value: unknown): Uint8Array {
  return encoder.encode(canonical(value));
}

/**
 * Parses bytes that have to be their own canonical form. That one comparison refuses duplicate members,
 * numbers that do not survive, escapes that differ and white space. It also finds what V8 13 and 14 misread: a
 * member name with an escape can come out as an earlier one of its shape (nodejs/node#63785). No document has
 * such names.
 */
export function parseCanonical(bytes: Uint8Array, maxDepth: number = deepest): unknown {
  refuseCostly(bytes, maxDepth);
  const { text, value } = parsedText(bytes);
  if (canonical(value) !== text) throw new RollcallError("not-canonical");
  return value;
}

/** Canonical texts by the objects that they are of. */
export type CanonicalTexts = ReadonlyMap<unknown, string>;

/**
 * The same for a value whose large parts are wanted as canonical texts, too: each is written once.
 *
 * @param partsOf objects in the value, at most `levels` of objects deep
 */
export function parseCanonicalParts(
  bytes: Uint8Array,
  partsOf: (value: unknown) => readonly object[],
  levels: number,
): { readonly value: unknown; readonly texts: CanonicalTexts } {
  refuseCostly(bytes, deepest);
  const { text, value } = parsedText(bytes);
  const texts = new Map<unknown, string>(partsOf(value).map((part) => [part, canonical(part)]));
  if (canonicalAround(value, texts, levels) !== text) throw new RollcallError("not-canonical");
  return { value, texts };
}

function canonicalAround(value: unknown, texts: CanonicalTexts, levels: number): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  if (levels === 0 || typeof value !== "object" || value === null || Array.isArray(value))
    return canonical(value);
  return canonicalObject(value, (member) => canonicalAround(member, texts, levels - 1));
}
