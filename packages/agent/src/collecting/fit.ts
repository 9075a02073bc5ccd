/**
 * Makes what a collector found fit its definition, before anything else is done with it: a value that does not
 * fit costs itself, not the section. Machines tell strange things.
 */
import type { SectionDefinition } from "@rollcall/protocol";

type Shape = SectionDefinition["fields"];
type Field = Shape[string];

export interface Fitted {
  /** Absent when nothing is left. */
  readonly document?: Record<string, unknown>;
  /** What was left out or cut, for the person who misses it. */
  readonly notes: readonly string[];
}

/** `document` is what a collector said; anything at all may stand in it. */
export function fit(definition: SectionDefinition, document: unknown): Fitted {
  const notes = new Set<string>();
  const fitted = fitObject(definition.fields, document, "", notes);
  return { ...(fitted ? { document: fitted } : {}), notes: [...notes] };
}

/** The members that fit; undefined when none does or a required one is missing. */
function fitObject(
  shape: Shape,
  value: unknown,
  prefix: string,
  notes: Set<string>,
): Record<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fitted: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shape)) {
    if (field.kind === "reading") continue;
    const member: unknown = Reflect.get(value, name);
    const fitting = member === undefined ? undefined : fitField(field, member, prefix + name, notes);
    if (fitting !== undefined) fitted[name] = fitting;
    else if (field.required) return undefined;
  }
  return Object.keys(fitted).length > 0 ? fitted : undefined;
}

function fitField(field: Field, value: unknown, path: string, notes: Set<string>): unknown {
  switch (field.kind) {
    case "group":
      return fitObject(field.shape, value, `${path}.`, notes);
    case "list":
      return fitItems(field.shape, value, path, notes);
    case "texts":
      if (!Array.isArray(value)) break;
      return value.flatMap((text) => {
        const fitting = fitText(text, field.maxLength, path, notes);
        return fitting === "" ? [] : [fitting];
      });
    case "text": {
      const fitting = fitText(value, field.maxLength, path, notes);
      return fitting === "" ? undefined : fitting;
    }
    default: {
      const parsed = field.schema.safeParse(value);
      if (parsed.success) return parsed.data;
    }
  }
  notes.add(`${path} was left out: what was found there does not fit`);
  return undefined;
}

function fitItems(shape: Shape, value: unknown, path: string, notes: Set<string>): unknown[] | undefined {
  if (!Array.isArray(value)) {
    notes.add(`${path} was left out: what was found there does not fit`);
    return undefined;
  }
  const items = value.flatMap((item) => fitObject(shape, item, `${path}[].`, notes) ?? []);
  if (items.length < value.length) notes.add(`${path}: ${value.length - items.length} were left out`);
  return items;
}

/** Without control characters and lone surrogates, and no longer than it may be; empty when there is nothing to say. */
function fitText(value: unknown, maxLength: number, path: string, notes: Set<string>): string {
  if (typeof value !== "string") {
    notes.add(`${path} was left out: what was found there does not fit`);
    return "";
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
  const clean = value.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").toWellFormed();
  if (clean.length <= maxLength) return clean;
  notes.add(`${path} was cut to ${maxLength} characters`);
  const last = clean.charCodeAt(maxLength - 1);
  return clean.slice(0, last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength);
}
