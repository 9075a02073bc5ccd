/** JSON that other programs wrote: looked into member by member, for anything at all may stand there. */
import type { Look } from "../collecting/collector.ts";

/** What the file holds; undefined when it is missing, or no JSON (noted). */
export function readJson(look: Look, path: string, maxBytes?: number): unknown {
  const text = look.text(path, maxBytes);
  if (text === undefined) return undefined;
  try {
    // A byte order mark is no part of it.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    look.note(`${path}: not JSON`);
    return undefined;
  }
}

/** The member at the end of a way through objects; only what an object has itself. */
export function memberAt(value: unknown, ...way: readonly string[]): unknown {
  return way.reduce<unknown>(
    (here, name) =>
      typeof here === "object" && here !== null && Object.hasOwn(here, name)
        ? Reflect.get(here, name)
        : undefined,
    value,
  );
}

/** Trimmed; undefined where there is no text, or nothing in it. */
export function textAt(value: unknown, ...way: readonly string[]): string | undefined {
  const member = memberAt(value, ...way);
  return typeof member === "string" ? member.trim() || undefined : undefined;
}

export function listAt(value: unknown, ...way: readonly string[]): readonly unknown[] {
  const member = memberAt(value, ...way);
  return Array.isArray(member) ? member : [];
}

/** Names and members of an object. */
export function entriesAt(
  value: unknown,
  ...way: readonly string[]
): readonly (readonly [string, unknown])[] {
  const member = memberAt(value, ...way);
  return typeof member === "object" && member !== null && !Array.isArray(member)
    ? Object.entries(member)
    : [];
}
