/** What a caller who may not read sensitive fields gets: the document with null in their place, and their names. */
import type { FieldFacts, Shape } from "./fields.ts";
import type { SectionDefinition } from "./section.ts";

export interface Masked {
  readonly document: unknown;
  /** Paths of the fields that were masked, as the catalogue writes them. */
  readonly masked: readonly string[];
}

/** How far a caller may read; what is only compared is beyond everybody's. */
export type Reach = "plain" | "sensitive";

const isMasked = ({ sensitivity, comparedOnly }: FieldFacts, reach: Reach): boolean =>
  comparedOnly === true || (reach === "plain" && sensitivity === "sensitive");

/** Masks every field beyond this reach that has a value. */
export function maskFor(reach: Reach, definition: SectionDefinition, document: unknown): Masked {
  const masked = new Set<string>();
  const isHidden = (facts: FieldFacts) => isMasked(facts, reach);
  return { document: maskIn(definition.fields, document, "", { isHidden, masked }), masked: [...masked] };
}

/** Whether any field of the section is beyond this reach; its digest then tells too much to be shown. */
export function hasMaskedField(reach: Reach, definition: SectionDefinition): boolean {
  return definition.flat.some(({ field }) => isMasked(field.facts, reach));
}

interface Masking {
  readonly isHidden: (facts: FieldFacts) => boolean;
  readonly masked: Set<string>;
}

function maskIn(shape: Shape, value: unknown, prefix: string, masking: Masking): unknown {
  if (typeof value !== "object" || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const field = shape[name];
    const path = prefix + name;
    if (field && masking.isHidden(field.facts)) {
      masking.masked.add(path);
      result[name] = null;
    } else if (field?.kind === "group") result[name] = maskIn(field.shape, member, `${path}.`, masking);
    else if (field?.kind === "list" && Array.isArray(member)) {
      result[name] = member.map((item) => maskIn(field.shape, item, `${path}[].`, masking));
    } else result[name] = member;
  }
  return result;
}
