/**
 * The one check of a submitted section, made by the agent before it sends and by the server before it stores:
 * known, granted, of the declared shape, in its size, and without what may not be told of the place.
 */
import { z } from "zod";
import type { Ownership } from "./categories.ts";
import { type Grant, grantedLocation, isGranted } from "./consent.ts";
import { type Digest, digestOfBytes } from "./digest.ts";
import { canonical } from "./json.ts";
import { limits } from "./limits.ts";
import { withoutLocated } from "./located-fields.ts";
import { type ProblemAt, placesOf } from "./problem.ts";
import type { SectionDefinition } from "./section.ts";
import { type Status, statusSchema } from "./status.ts";
import { isSurely } from "./sure-check.ts";

/** A section as it travels. `document` stands there if and only if the status is `ok`. */
export const submittedSection = z.strictObject({
  schema: z.int().min(1).max(1_000_000),
  status: statusSchema,
  document: z.unknown().optional(),
});
export type SubmittedSection = z.infer<typeof submittedSection>;

export interface CheckedSection {
  readonly status: Status;
  /** Canonical form of the document, null without one. */
  readonly body: string | null;
  readonly digest: Digest | null;
}

export interface Consented {
  readonly grants: readonly Grant[];
  readonly ownership: Ownership;
}

const refusal = (detail: string, pointer = ""): ProblemAt[] => [{ pointer, detail }];

const neededFor = ({ category, onlyLocates }: SectionDefinition): string =>
  `category ${category}${onlyLocates ? " with the location choice precise" : ""}`;

/**
 * The section in storable form, or what is wrong with it. `definition` is undefined for an unknown name, `written` where
 * the document's canonical form is not known yet.
 */
export function checkSection(
  definition: SectionDefinition | undefined,
  { schema, status, document }: SubmittedSection,
  { grants, ownership }: Consented,
  mostBytes: number = limits.sectionDecoded,
  written?: string,
): CheckedSection | { readonly errors: readonly ProblemAt[] } {
  if (!definition) return { errors: refusal("unknown section") };
  if (schema > definition.schema)
    return { errors: refusal(`schema ${schema} is newer than ${definition.schema}`, "/schema") };
  if ((status === "ok") !== (document !== undefined))
    return { errors: refusal("a document stands there if and only if the status is ok", "/document") };
  if (status !== "not-consented" && !isGranted(definition, grants))
    return { errors: refusal(`${neededFor(definition)} is not granted`) };
  if (document === undefined) return { status, body: null, digest: null };
  const parsed = isSurely(definition, document)
    ? { success: true as const, data: document }
    : definition.document.safeParse(document);
  if (!parsed.success)
    return {
      errors: placesOf(parsed.error).map(({ pointer, detail }) => ({
        pointer: `/document${pointer}`,
        detail,
      })),
    };
  const body = written ?? canonical(document);
  if (Buffer.byteLength(body) > mostBytes)
    return { errors: refusal("the document is larger than a section may be", "/document") };
  const told = withoutLocated(definition, parsed.data, { ownership, level: grantedLocation(grants) });
  // Where nothing can locate the device it is the same object, and not made canonical once more.
  if (told !== parsed.data && canonical(told) !== body)
    return { errors: refusal("a field would locate the device more finely than is granted", "/document") };
  return { status, body, digest: digestOfBytes(body) };
}
