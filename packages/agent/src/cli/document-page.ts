/** A section's document as HTML: its values with what they are, its lists as tables, following the definition. */
import type { SectionDefinition } from "@rollcall/protocol";
import { inWords, marked } from "./document-view.ts";
import { type Html, html, tableOf } from "./page.ts";

type Shape = SectionDefinition["fields"];

/** The document, or the words for none. */
export function documentPage({ fields }: SectionDefinition, document: unknown): Html {
  if (!isObject(document)) return html`<p class="quiet">No document.</p>`;
  return html`${tableOf(["field", "value", "what it is"], rowsOf(fields, document, ""), "Nothing of its own.")}${listsOf(fields, document)}`;
}

function rowsOf(shape: Shape, value: object, prefix: string): string[][] {
  return Object.entries(shape).flatMap(([name, field]): string[][] => {
    const member: unknown = Reflect.get(value, name);
    if (member === undefined || field.kind === "list") return [];
    if (field.kind === "group")
      return isObject(member) ? rowsOf(field.shape, member, `${prefix}${name}.`) : [];
    return [[prefix + marked(name, field), inWords(field, member), field.facts.is]];
  });
}

function listsOf(shape: Shape, value: object): Html[] {
  return Object.entries(shape).flatMap(([name, field]): Html[] => {
    const member: unknown = Reflect.get(value, name);
    if (field.kind === "group" && isObject(member)) return listsOf(field.shape, member);
    if (field.kind !== "list" || !Array.isArray(member)) return [];
    return [html`<p>${name}: ${member.length} – ${field.facts.is}</p>${itemsOf(field.shape, member)}`];
  });
}

function itemsOf(shape: Shape, items: readonly object[]): Html {
  const columns = Object.entries(shape).filter(([name]) =>
    items.some((item) => Reflect.get(item, name) !== undefined),
  );
  const rows = items.map((item) =>
    columns.map(([name, field]) => {
      const member: unknown = Reflect.get(item, name);
      return member === undefined ? "" : inWords(field, member);
    }),
  );
  return tableOf(
    columns.map(([name, field]) => marked(name, field)),
    rows,
    "None.",
  );
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
