/**
 * The dictionary of a `dcz` body: JCS of `{NAME: {schema, status, document}}`, some sections as they were last
 * acknowledged. Which ones they are may be told in the header `Dictionary-ID` (RFC 9842, 2.3).
 */
import { z } from "zod";
import { sectionNameSchema } from "./messages/check-in.ts";
import type { Status } from "./status.ts";

/** A section as it was acknowledged. */
export interface DictionarySection {
  readonly schema: number;
  readonly status: Status;
  /** The document's canonical form; null where there is none. */
  readonly body: string | null;
}

/** A section's member of the dictionary, in canonical form: documents are so already and are not parsed again. */
export function dictionaryMember(name: string, { schema, status, body }: DictionarySection): string {
  const document = body === null ? "" : `"document":${body},`;
  return `"${name}":{${document}"schema":${schema},"status":"${status}"}`;
}

/** The dictionary of these members, which are in the order of their sections' names. */
export function dictionaryOf(members: readonly string[]): Buffer {
  return Buffer.from(`{${members.join(",")}}`);
}

export const dictionaryIdHeader = "dictionary-id";

/** The header's value: a string (RFC 9651) with the names of the sections, comma-separated, in their order. */
export function writeDictionaryId(names: readonly string[]): string {
  return `"${names.join(",")}"`;
}

const namesSchema = z.array(sectionNameSchema);

/** The names in a `Dictionary-ID`, sorted and each once; undefined where it is none of ours. */
export function readDictionaryId(value: string): readonly string[] | undefined {
  const list = /^"([^"]{1,1024})"$/.exec(value)?.[1];
  const names = namesSchema.safeParse(list?.split(","));
  return names.success ? [...new Set(names.data)].sort() : undefined;
}
