/**
 * The data catalogue: every field of every section with what a person has to know about it. Made from the
 * definitions; `docs/catalogue.md`, the privacy policy and the policy digest are made from it.
 */
import {
  basisWithoutAsking,
  type Category,
  categories,
  categoryNames,
  type Ownership,
  type Purpose,
} from "./categories.ts";
import { type Digest, digestOf } from "./digest.ts";
import type { Sensitivity, Unit } from "./fields.ts";
import { row } from "./markdown-row.ts";
import { allSections } from "./registry.ts";
import type { FieldAt, SectionDefinition } from "./section.ts";

export interface CatalogueField {
  /** e.g. `modules[].slot` */
  readonly path: string;
  readonly kind: string;
  readonly is: string;
  readonly purposes: readonly Purpose[];
  readonly retentionDays: number;
  readonly sensitivity: Sensitivity;
  readonly bound: string;
  readonly unit?: Unit;
  /** The query field that finds it. */
  readonly search?: string;
  readonly own?: true;
  readonly locates?: string;
}

export interface CatalogueSection {
  readonly name: string;
  readonly title: string;
  readonly schema: number;
  readonly category: Category;
  readonly purposes: readonly Purpose[];
  readonly retentionDays: number;
  readonly sources: SectionDefinition["sources"];
  readonly fields: readonly CatalogueField[];
}

export interface Catalogue {
  readonly categories: typeof categories;
  readonly sections: readonly CatalogueSection[];
}

export function catalogueOf(definitions: readonly SectionDefinition[]): Catalogue {
  return { categories, sections: definitions.map(sectionEntry) };
}

function sectionEntry(definition: SectionDefinition): CatalogueSection {
  const { name, title, schema, category, purposes, retentionDays, sources } = definition;
  return {
    name,
    title,
    schema,
    category,
    purposes,
    retentionDays,
    sources,
    fields: definition.flat.map((at) => fieldEntry(definition, at)),
  };
}

function fieldEntry(
  { purposes, retentionDays }: SectionDefinition,
  { path, field }: FieldAt,
): CatalogueField {
  const { facts, kind, bound } = field;
  return {
    path,
    kind,
    is: facts.is,
    purposes,
    retentionDays,
    sensitivity: facts.sensitivity,
    bound,
    ...("unit" in facts ? { unit: facts.unit } : {}),
    ...(facts.search ? { search: facts.search.field } : {}),
    ...(facts.own ? { own: true as const } : {}),
    ...(facts.locates ? { locates: facts.locates } : {}),
  };
}

export const catalogue: Catalogue = catalogueOf(allSections);

/** The policy digest while no privacy policy is published (version 0). */
export const catalogueDigest: Digest = digestOf(catalogue);

/** The catalogue as a Markdown page. */
export function catalogueMarkdown({ sections }: Catalogue): string {
  const head = [
    "# Data catalogue",
    "",
    "Every field that the agent can send, made from the section definitions by `npm run generate`.",
    "`sensitive` fields are masked for viewers. Retention is that of superseded values; current ones stay as long as the device.",
    "",
    "| category | holds | kept (days) | basis on an organisation's device | on a personal device |",
    "|---|---|---|---|---|",
    ...categoryNames.map((name) => {
      const { holds, retentionDays, organisationBasis, personalBasis } = categories[name];
      return row([
        name,
        holds,
        String(retentionDays),
        organisationBasis ?? "asked for",
        personalBasis ?? "asked for",
      ]);
    }),
  ];
  return `${[...head, ...sections.flatMap(sectionMarkdown)].join("\n")}\n`;
}

function basisOf(ownership: Ownership, { category }: CatalogueSection): string {
  const basis = basisWithoutAsking(category, ownership);
  return basis === null ? "asked for" : `collected on the basis ${basis}`;
}

function sectionMarkdown(section: CatalogueSection): string[] {
  const sources = Object.entries(section.sources).map(
    ([platform, paths]) => `- ${platform}: ${paths.map((path) => `\`${path}\``).join(", ")}`,
  );
  return [
    "",
    `## ${section.title} (\`${section.name}\`, schema ${section.schema})`,
    "",
    `Category ${section.category}; purposes ${section.purposes.join(", ")}; on an organisation's device ${basisOf("organisation", section)}, on a personal one ${basisOf("personal", section)}; history kept ${section.retentionDays} days.`,
    "",
    ...sources,
    "",
    "| field | what it is | kind | bound | unit | sensitivity | search |",
    "|---|---|---|---|---|---|---|",
    ...section.fields.map(({ path, is, kind, bound, unit, sensitivity, search }) =>
      row([
        `\`${path}\``,
        is,
        kind,
        bound,
        unit ?? "",
        sensitivity,
        search === undefined ? "" : `\`${search}:\``,
      ]),
    ),
  ];
}
