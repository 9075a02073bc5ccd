/** What a caller who may not read sensitive fields gets: the document with null in their place, and their names. */
import type { Shape } from "./fields.ts";
import type { SectionDefinition } from "./section.ts";

export interface Masked {
  readonly document: unknown;
  /** Paths of the fields that were masked, as the catalogue writes them. */
  readonly masked: readonly string[];
}

/** Masks every sensitive field that has a value. */
export function maskSensitive(definition: SectionDefinition, document: unknown): Masked {
  const masked = new Set<string>();
  return { document: maskIn(definition.fields, document, "", masked), masked: [...masked] };
}

/** Whether any field of the section is sensitive; its digest then tells too much to be shown. */
export function hasSensitiveField(definition: SectionDefinition): boolean {
  return definition.flat.some(({ field }) => field.facts.sensitivity === "sensitive");
}

function maskIn(shape: Shape, value: unknown, prefix: string, masked: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const field = shape[name];
    const path = prefix + name;
    if (field?.facts.sensitivity === "sensitive") {
      masked.add(path);
      result[name] = null;
    } else if (field?.kind === "group") result[name] = maskIn(field.shape, member, `${path}.`, masked);
    else if (field?.kind === "list" && Array.isArray(member)) {
      result[name] = member.map((item) => maskIn(field.shape, item, `${path}[].`, masked));
    } else result[name] = member;
  }
  return result;
}
