/**
 * The dictionary that records are compressed against: what the documents of all definitions look like. It changes with
 * them, so a record names the one that it was made with by number, and those of former days are kept.
 */
import type { SectionDefinition } from "@rollcall/protocol";
import { z } from "zod";

type Shape = SectionDefinition["fields"];
type Field = Shape[string];

/** The same bytes for the same definitions. What is near the end costs least to point at. */
export function dictionaryBytes(definitions: readonly SectionDefinition[]): Uint8Array {
  const sorted = definitions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const documents = sorted.map(({ fields }) => sampleObject(fields));
  return Buffer.from(documents.join(""));
}

/** As documents are written: members in the order of their names. */
function sampleObject(shape: Shape): string {
  const members = Object.entries(shape)
    .filter(([, { kind }]) => kind !== "reading")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) =>
      samples(field)
        .map((sample) => `"${name}":${sample}`)
        .join(","),
    );
  return `{${members.join(",")}}`;
}

function samples(field: Field): readonly string[] {
  switch (field.kind) {
    case "choice":
      return field.schema instanceof z.ZodEnum ? field.schema.options.map((value) => `"${value}"`) : ['""'];
    case "flag":
      return ["true", "false"];
    case "instant":
      return ['"2026-01-01T00:00:00Z"'];
    case "group":
      return [sampleObject(field.shape)];
    case "list":
      return [`[${sampleObject(field.shape)}]`];
    case "texts":
      return ['[""]'];
    case "text":
      return ['""'];
    case "coordinate":
    case "quantity":
    case "reading":
      return ["0"];
  }
}
