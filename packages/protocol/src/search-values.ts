/** What can be searched in a document, taken out as its definition says. */
import type { Field, Search, Shape, SummaryColumn } from "./fields.ts";
import { plainAddress } from "./ip-address.ts";
import type { SectionDefinition } from "./section.ts";

/**
 * A searchable value. Text is folded (`fold`) when compared, never when shown. A title stands with its version
 * and with `source`, the section it came from behind its dot (`deb`).
 */
export type SearchValue =
  | {
      readonly as: "term" | "key";
      readonly field: string;
      readonly text: string;
      readonly words: boolean;
      readonly sensitive: boolean;
    }
  | { readonly as: "number"; readonly field: string; readonly number: number; readonly sensitive: boolean }
  | {
      readonly as: "title";
      readonly field: string;
      readonly title: string;
      readonly version: string | null;
      readonly source: string;
      readonly sensitive: boolean;
    };

/**
 * Text as it is compared: compatibility-composed (NFKC) and lower case. Composed twice, because some letters
 * have a composed form in lower case only.
 */
export function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().normalize("NFKC");
}

/** The searchable values of a document that its definition has accepted. */
export function searchValues(definition: SectionDefinition, document: unknown): SearchValue[] {
  const found: SearchValue[] = [];
  valuesIn(definition.fields, document, sourceOf(definition), found);
  return found;
}

/** The source of a software section's titles: what stands behind the dot of its name. */
export function sourceOf({ name }: SectionDefinition): string {
  return name.includes(".") ? name.slice(name.indexOf(".") + 1) : name;
}

function valuesIn(shape: Shape, value: unknown, source: string, found: SearchValue[]): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, field] of Object.entries(shape)) {
    const member: unknown = Reflect.get(value, name);
    if (member === undefined) continue;
    if (field.kind === "group") valuesIn(field.shape, member, source, found);
    else if (field.kind === "list" && Array.isArray(member))
      for (const item of member) valuesIn(field.shape, item, source, found);
    else if (field.facts.search)
      valueAt(field, field.facts.search, member, { shape, object: value, source }, found);
  }
}

interface Around {
  readonly shape: Shape;
  readonly object: object;
  readonly source: string;
}

function valueAt(field: Field, search: Search, member: unknown, around: Around, found: SearchValue[]): void {
  const sensitive = field.facts.sensitivity === "sensitive";
  if (search.as === "number" && typeof member === "number")
    found.push({ as: "number", field: search.field, number: member, sensitive });
  if (search.as === "title" && typeof member === "string") {
    found.push({
      as: "title",
      field: search.field,
      title: member,
      version: versionBeside(search.field, around),
      source: around.source,
      sensitive,
    });
  }
  if (search.as !== "term" && search.as !== "key") return;
  const texts: readonly unknown[] = Array.isArray(member) ? member : [member];
  for (const text of texts) {
    const said = typeof text === "boolean" ? String(text) : text;
    if (typeof said !== "string") continue;
    found.push({
      as: search.as,
      field: search.field,
      text: search.address ? (plainAddress(said) ?? said) : said,
      words: search.words ?? false,
      sensitive,
    });
  }
}

function versionBeside(searchField: string, { shape, object }: Around): string | null {
  for (const [name, { facts }] of Object.entries(shape)) {
    if (facts.search?.as !== "version" || facts.search.field !== searchField) continue;
    const version: unknown = Reflect.get(object, name);
    return typeof version === "string" ? version : null;
  }
  return null;
}

/** A query field as the sections declare it. */
export interface SearchField {
  readonly name: string;
  readonly as: "term" | "key" | "number" | "title";
  /** Whether any section feeds it from a sensitive field; then only who may read those may search it. */
  readonly sensitive: boolean;
  readonly unit?: string;
  /** An IP address is searched for, without its prefix length. */
  readonly address?: true;
}

/** Every query field that these sections declare. Throws when two of them declare one name differently. */
export function searchFieldsOf(definitions: readonly SectionDefinition[]): ReadonlyMap<string, SearchField> {
  const fields = new Map<string, SearchField>();
  for (const { name: section, flat } of definitions) {
    for (const { path, field } of flat) {
      const { search, sensitivity } = field.facts;
      if (!search || search.as === "version") continue;
      const known = fields.get(search.field);
      const unit = field.kind === "quantity" ? field.facts.unit : undefined;
      if (known && known.as !== search.as)
        throw new Error(`${section}.${path}: ${search.field} is searched as ${known.as} elsewhere`);
      if (known && known.unit !== unit)
        throw new Error(`${section}.${path}: ${search.field} has the unit ${known.unit} elsewhere`);
      if (known && known.address !== search.address)
        throw new Error(`${section}.${path}: ${search.field} is not an address here and elsewhere`);
      const sensitive = (known?.sensitive ?? false) || sensitivity === "sensitive";
      fields.set(search.field, {
        name: search.field,
        as: search.as,
        sensitive,
        ...(unit === undefined ? {} : { unit }),
        ...(search.address ? { address: true as const } : {}),
      });
    }
  }
  return fields;
}

/** What a document puts into the columns of the device list. */
export function summaryValues(
  definition: SectionDefinition,
  document: unknown,
): Partial<Record<SummaryColumn, unknown>> {
  const found: Partial<Record<SummaryColumn, unknown>> = {};
  for (const { names, field } of definition.flat) {
    const column = field.facts.summary;
    if (!column) continue;
    const value = names.reduce<unknown>(
      (at, name) => (typeof at === "object" && at !== null ? Reflect.get(at, name) : undefined),
      document,
    );
    if (value !== undefined) found[column] = value;
  }
  return found;
}
