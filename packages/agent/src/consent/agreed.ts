/**
 * What of the catalogue was there when a category was granted: a newer agent's may hold more. What stands on consent is
 * asked for again before any of that is collected; what stands on another basis is told.
 */
import {
  allSections,
  type Category,
  type Grant,
  isConsented,
  isGranted,
  type SectionDefinition,
} from "@rollcall/protocol";
import { z } from "zod";
import type { StateDirectory, StateFile } from "../state/directory.ts";

/** Never empty: what is essential is always among it. */
const agreedSchema = z
  .record(z.string().max(64), z.array(z.string().max(256)).max(1_000))
  .refine((agreed) => Object.keys(agreed).length > 0);
/** Sections with the paths of their fields. */
export type Agreed = Readonly<Record<string, readonly string[]>>;

export const agreedFile: StateFile<z.infer<typeof agreedSchema>> = {
  name: "agreed.json",
  schema: agreedSchema,
  remedy: "remove it; then what is granted counts as agreed to as it is now",
};

/** Null where nothing is known: then all of it counts as agreed to. */
export const readAgreed = (directory: StateDirectory): Agreed | null => directory.read(agreedFile) ?? null;

/** The present parts of these categories. */
export function partsOf(categories: Iterable<Category>): Agreed {
  const named = new Set(categories);
  return Object.fromEntries(
    allSections
      .filter(({ category }) => named.has(category))
      .map(({ name, flat }) => [name, flat.map(({ path }) => path)]),
  );
}

/** After categories were granted, and others withdrawn altogether: those as they are now, of these nothing. */
export function agreedAfter(
  before: Agreed | null,
  grants: readonly Grant[],
  granted: readonly Category[],
): Agreed {
  const left = new Set(grants.map(({ category }) => category));
  const known = Object.entries(before ?? partsOf(left)).filter(([name]) =>
    allSections.some((section) => section.name === name && left.has(section.category)),
  );
  return { ...Object.fromEntries(known), ...partsOf(granted) };
}

export interface NewPart {
  readonly category: Category;
  readonly section: string;
  /** Paths that were not there; null: none of the section was. */
  readonly fields: readonly string[] | null;
  /** Whether it waits until a person agrees; else it is collected, and told. */
  readonly isAsked: boolean;
}

/** What is granted by category and was not there when it was. */
export function newParts(agreed: Agreed | null, grants: readonly Grant[]): readonly NewPart[] {
  if (agreed === null) return [];
  return allSections
    .filter((definition) => isGranted(definition, grants))
    .flatMap((definition) => {
      const { name: section, category } = definition;
      const fields = newFields(agreed, definition);
      const isAsked = !isGranted(
        definition,
        grants.filter((grant) => !isConsented(grant)),
      );
      return fields?.length === 0 ? [] : [{ category, section, fields, isAsked }];
    });
}

function newFields(agreed: Agreed, { name, flat }: SectionDefinition): readonly string[] | null {
  const known = Object.hasOwn(agreed, name) ? new Set(agreed[name]) : null;
  return known && flat.flatMap(({ path }) => (known.has(path) ? [] : [path]));
}

/** What has to wait: the paths by section, null for all of one. */
export type Waiting = ReadonlyMap<string, readonly string[] | null>;

export const waitingParts = (agreed: Agreed | null, grants: readonly Grant[]): Waiting =>
  new Map(
    newParts(agreed, grants).flatMap(({ section, fields, isAsked }) =>
      isAsked ? [[section, fields] as const] : [],
    ),
  );
