/** What can be searched in a document, taken out as its definition says. */
import type { Search, Shape, SummaryColumn } from "./fields.ts";
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

/** A member of a shape that is searched by, or holds some that are. */
type Searched =
  | { readonly name: string; readonly inside: Shape; readonly isList: boolean }
  | {
      readonly name: string;
      readonly inside: null;
      readonly search: Exclude<Search, { readonly as: "version" }>;
      readonly sensitive: boolean;
      /** Of a title, the member that has its version. */
      readonly version: string | undefined;
    };

/** Worked out once for each shape: a fleet has many items of it. */
const searchedIn = new WeakMap<Shape, readonly Searched[]>();

function searched(shape: Shape): readonly Searched[] {
  const known = searchedIn.get(shape) ?? Object.keys(shape).flatMap((name) => searchedMember(shape, name));
  searchedIn.set(shape, known);
  return known;
}

function searchedMember(shape: Shape, name: string): Searched[] {
  const field = shape[name];
  if (field?.kind === "group" || field?.kind === "list")
    return searched(field.shape).length > 0
      ? [{ name, inside: field.shape, isList: field.kind === "list" }]
      : [];
  const search = field?.facts.search;
  if (!field || !search || search.as === "version") return [];
  const version = Object.keys(shape).find((other) => {
    const beside = shape[other]?.facts.search;
    return beside?.as === "version" && beside.field === search.field;
  });
  return [{ name, inside: null, search, sensitive: field.facts.sensitivity === "sensitive", version }];
}

function valuesIn(shape: Shape, value: unknown, source: string, found: SearchValue[]): void {
  if (typeof value !== "object" || value === null) return;
  for (const each of searched(shape)) {
    const member: unknown = Reflect.get(value, each.name);
    if (member === undefined) continue;
    if (each.inside === null) valueAt(each, member, value, source, found);
    else if (!each.isList) valuesIn(each.inside, member, source, found);
    else if (Array.isArray(member)) for (const item of member) valuesIn(each.inside, item, source, found);
  }
}

function valueAt(
  { search, sensitive, version }: Extract<Searched, { readonly inside: null }>,
  member: unknown,
  object: object,
  source: string,
  found: SearchValue[],
): void {
  if (search.as === "number" && typeof member === "number")
    found.push({ as: "number", field: search.field, number: member, sensitive });
  if (search.as === "title" && typeof member === "string") {
    const beside: unknown = version === undefined ? undefined : Reflect.get(object, version);
    found.push({
      as: "title",
      field: search.field,
      title: member,
      version: typeof beside === "string" ? beside : null,
      source,
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
