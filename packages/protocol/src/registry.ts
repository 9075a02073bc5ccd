/** The sections that there are, by name. */
import type { DocumentOf, SectionDefinition } from "./section.ts";
import { definitions } from "./sections/index.generated.ts";

type Definitions = (typeof definitions)[number];
export type SectionName = Definitions["name"];
/** The document of a section by its name. */
export type DocumentNamed<N extends SectionName> = DocumentOf<Extract<Definitions, { name: N }>>;

export const allSections: readonly SectionDefinition[] = definitions;

const byName: ReadonlyMap<string, SectionDefinition> = new Map(
  allSections.map((definition) => [definition.name, definition]),
);

export function sectionNamed(name: string): SectionDefinition | undefined {
  return byName.get(name);
}

/** What this version takes: each section with the highest schema it knows. */
export const accepts: Readonly<Record<string, number>> = Object.fromEntries(
  allSections.map(({ name, schema }) => [name, schema]),
);
