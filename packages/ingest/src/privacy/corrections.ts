/**
 * Corrections: what the person at a device says instead of a collected value. The document stays as it was collected,
 * for its digest was signed for; the correction stands beside it, is shown with it to everybody who may read the field,
 * and ends when another value is collected.
 */
import {
  type Consented,
  type Correction,
  type CorrectionRequest,
  canonical,
  checkSection,
  type ProblemAt,
  parseJson,
  type SectionDefinition,
  sectionNamed,
} from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { type Documented, documentOf } from "../records/stored-document.ts";
import { isoTime } from "../store/columns.ts";
import { compiledOnce } from "../store/compiled-once.ts";
import type { CorrectionTable, Schema } from "../store/schema.ts";

/** The stored document that is corrected, and the section's schema that it was sent under. */
export interface Corrected {
  readonly schema: number;
  readonly document: unknown;
}

/** What is wrong with a correction, or null. Facts that are measured anew all the time, and items of lists, have none. */
export function refusalOf(
  { section, field, value }: CorrectionRequest,
  { schema, document }: Corrected,
  consented: Consented,
): readonly ProblemAt[] | null {
  const definition = sectionNamed(section);
  if (!definition || !isCorrectable(definition, field))
    return [{ pointer: "/field", detail: `${section} has no field ${field} that can be corrected` }];
  const corrected = withValue(document, field.split("."), value ?? undefined);
  const checked = checkSection(definition, { schema, status: "ok", document: corrected }, consented);
  if (value === null || !("errors" in checked)) return null;
  return checked.errors.map(({ detail }) => ({ pointer: "/value", detail }));
}

const correctable: ReadonlySet<string> = new Set(["text", "choice", "flag", "instant", "quantity"]);

const isCorrectable = ({ flat }: SectionDefinition, path: string): boolean =>
  flat.some((at) => at.path === path && at.path !== "truncated" && correctable.has(at.field.kind));

/** The value in a document, undefined where there is none. */
export function valueAt(document: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined,
    document,
  );
}

function withValue(document: unknown, [name = "", ...below]: readonly string[], value: unknown): unknown {
  const members = typeof document === "object" && document !== null ? document : {};
  const inside: unknown = Reflect.get(members, name);
  return { ...members, [name]: below.length === 0 ? value : withValue(inside, below, value) };
}

/** A value as it is kept beside a correction: JSON, null for none. */
export const asCollected = (value: unknown): string | null => (value === undefined ? null : canonical(value));

/** The corrections of an installation that are in force. */
export async function correctionsIn(database: Kysely<Schema>, installation: number): Promise<Correction[]> {
  const rows = await database
    .selectFrom("corrections")
    .selectAll()
    .where("installation", "=", installation)
    .orderBy("section")
    .orderBy("field")
    .limit(1_000)
    .execute();
  return rows.map(correctionIn);
}

/** What stands in the JSON columns was written from checked values. */
function correctionIn({ section, field, value, collected, reason, at }: CorrectionTable): Correction {
  const was: unknown = collected === null ? null : JSON.parse(collected);
  return { section, field, value: JSON.parse(value), collected: was, reason, at: isoTime(at) };
}

const collectedOf = compiledOnce<
  { readonly installation: number; readonly section: string },
  { field: string; collected: string | null }
>((database, given) =>
  database
    .selectFrom("corrections")
    .select(["field", "collected"])
    .where("installation", "=", given("installation"))
    .where("section", "=", given("section")),
);

/** Ends the corrections of a section whose collected values are others now. `body` is its new document, zstd. */
export async function endOvertaken(
  database: Kysely<Schema>,
  installation: number,
  section: Documented,
): Promise<void> {
  const rows = await collectedOf(database, { installation, section: section.name });
  if (rows.length === 0) return;
  const bytes = documentOf(section);
  const document = bytes === null ? undefined : parseJson(bytes);
  for (const { field, collected } of rows)
    if (asCollected(valueAt(document, field.split("."))) !== collected)
      await database
        .deleteFrom("corrections")
        .where("installation", "=", installation)
        .where("section", "=", section.name)
        .where("field", "=", field)
        .execute();
}
