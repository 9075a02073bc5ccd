/** The sections of an installation as they are stored. */
import { sectionNamed } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { inScope, type Scope } from "../store/scope.ts";
import { decodeIds } from "./item-ids.ts";
import { itemsWithIds } from "./items.ts";
import type { ReadSection, SectionState } from "./record-codec.ts";
import { readRecord, readRecords } from "./record-rows.ts";
import { isFoundByItems } from "./shared-lists.ts";
import { type Documented, type FoundDocument, looseDocument, wholeDocument } from "./stored-document.ts";

/** A section with its document, which `documentOf` reads. */
export interface StoredSection extends SectionState, Documented {}

/** Every section of an installation, by name. */
export async function sectionStates(database: Kysely<Schema>, installation: number): Promise<SectionState[]> {
  const sections = await readRecord(database, installation);
  return sections.map(({ body: _body, bytes: _bytes, items: _items, ...state }) => state);
}

/** The same with their documents; with `names` those of them that there are. */
export async function storedSections(
  database: Kysely<Schema>,
  installation: number,
  names?: readonly string[],
): Promise<StoredSection[]> {
  const sections = await readRecord(database, installation);
  return withLists(
    database,
    sections.filter(({ name }) => names === undefined || names.includes(name)),
  );
}

/** Sections with the items that they name in the place of the ids; each item is read once. */
export async function withLists(
  database: Kysely<Schema>,
  sections: readonly ReadSection[],
): Promise<StoredSection[]> {
  const named = sections.map(({ items, ...section }) => ({ section, lists: items && idsIn(items) }));
  const ids = named.flatMap(({ lists }) => lists?.flat() ?? []).filter((id) => id !== null);
  const items = ids.length > 0 ? await itemsWithIds(database, ids) : new Map<number, string>();
  return named.map(({ section: { bytes: _bytes, body, ...state }, lists }) => ({
    ...state,
    body: body(),
    lists:
      lists?.map((list) => list.map((id) => (id === null ? "" : (items.get(id) ?? ""))).join("\n")) ?? null,
  }));
}

/** What cannot be read names an item that is not there: that section's document is damaged, no other's. */
function idsIn(items: Uint8Array): (number | null)[][] {
  try {
    return decodeIds(items);
  } catch {
    return [[null]];
  }
}

/** One section with its document, undefined where it is not stored. */
export async function storedSection(
  database: Kysely<Schema>,
  installation: number,
  name: string,
): Promise<StoredSection | undefined> {
  return (await storedSections(database, installation, [name]))[0];
}

/** A section as it is found. */
export interface FoundSection extends Pick<SectionState, "name" | "since" | "isIndexed"> {
  readonly installation: number;
  readonly body: Uint8Array | null;
  readonly document: FoundDocument | null;
}

/** Sections of several installations, as they are found; none of a record that cannot be read. */
export async function sectionsOfMany(
  database: Kysely<Schema>,
  installations: readonly number[],
): Promise<FoundSection[]> {
  const rows = (await readRecords(database, installations)).flatMap(([installation, sections]) =>
    sections.map((section) => ({ installation, section, isLoose: isLoose(section) })),
  );
  const read = await withLists(
    database,
    rows.map(({ section, isLoose }) => (isLoose ? { ...section, items: null } : section)),
  );
  return rows.flatMap(({ installation, section: { items }, isLoose }, at) => {
    const [section] = read.slice(at, at + 1);
    if (!section) return [];
    const document = isLoose && items ? looseDocument(section, idsIn(items)) : wholeDocument(section);
    const { name, since, isIndexed, body } = section;
    return [{ installation, name, since, isIndexed, body, document }];
  });
}

/** Whether its items need not be read, for whoever knows them. */
function isLoose({ name, items }: Pick<ReadSection, "name" | "items">): boolean {
  const definition = sectionNamed(name);
  return items !== null && definition !== undefined && isFoundByItems(definition);
}

/** Whether a caller may read what is stored of an installation. */
export async function isReadable(
  database: Kysely<Schema>,
  scope: Scope,
  installation: number,
): Promise<boolean> {
  const row = await database
    .selectFrom("installations")
    .innerJoin("devices", "devices.ordinal", "installations.device")
    .select("installations.ordinal")
    .where("installations.ordinal", "=", installation)
    .where((builder) => inScope(builder, scope))
    .executeTakeFirst();
  return row !== undefined;
}
