/** The sections of an installation as they are stored: the one place that reads and changes them. */
import { type Status, sectionNamed } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import type { Schema, SectionTable } from "../store/schema.ts";
import { inScope, type Scope } from "../store/scope.ts";
import { decodeIds, encodeIds } from "./item-ids.ts";
import { dropOwnItems, idsOfItems, itemsWithIds } from "./items.ts";
import { isFoundByItems } from "./shared-lists.ts";
import {
  type Documented,
  type ItemLists,
  looseDocument,
  type PackedDocument,
  wholeDocument,
} from "./stored-document.ts";

/** A stored section without its document. */
export interface SectionState {
  readonly name: string;
  readonly schema: number;
  readonly status: Status;
  /** Of the document; null where there is none. */
  readonly digest: string | null;
  /** When status and digest became what they are; milliseconds since 1970. */
  readonly since: number;
  /** Whether all of its values may be found. */
  readonly isIndexed: boolean;
}

/** A section with its document, which `documentOf` reads. */
export interface StoredSection extends SectionState, Documented {}

const stateColumns = ["name", "schema", "status", "digest", "since", "indexed"] as const;

const asStored = <Row extends Pick<SectionTable, "indexed">>({ indexed, ...row }: Row) => ({
  ...row,
  isIndexed: indexed === 1,
});

/** Every section of an installation, by name. */
export async function sectionStates(database: Kysely<Schema>, installation: number): Promise<SectionState[]> {
  const rows = await database
    .selectFrom("sections")
    .select(stateColumns)
    .where("installation", "=", installation)
    .orderBy("name")
    .execute();
  return rows.map(asStored);
}

/** The same with their documents; with `names` those of them that there are. */
export async function storedSections(
  database: Kysely<Schema>,
  installation: number,
  names?: readonly string[],
): Promise<StoredSection[]> {
  const rows = await database
    .selectFrom("sections")
    .select([...stateColumns, "body", "items"])
    .where("installation", "=", installation)
    .$if(names !== undefined, (query) => query.where("name", "in", names ?? []))
    .orderBy("name")
    .execute();
  return (await withLists(database, rows)).map(asStored);
}

/** Rows with the items that they name in the place of the ids; each item is read once. */
async function withLists<Row extends { readonly items: Uint8Array | null }>(
  database: Kysely<Schema>,
  rows: readonly Row[],
): Promise<(Omit<Row, "items"> & { readonly lists: ItemLists | null })[]> {
  const named = rows.map(({ items, ...row }) => ({ row, lists: items && idsIn(items) }));
  const ids = named.flatMap(({ lists }) => lists?.flat() ?? []).filter((id) => id !== null);
  const items = await itemsWithIds(database, ids);
  return named.map(({ row, lists }) => ({
    ...row,
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

/** Sections of several installations, as they are found; `indexed`: 1 where all of it may be. */
export async function sectionsOfMany(database: Kysely<Schema>, installations: readonly number[]) {
  const rows = await database
    .selectFrom("sections")
    .select(["installation", "name", "digest", "body", "items", "since", "indexed"])
    .where("installation", "in", [...installations])
    .execute();
  const apart = rows.map((row) =>
    isLoose(row) ? { ...row, ids: row.items && idsIn(row.items), items: null } : { ...row, ids: null },
  );
  return (await withLists(database, apart)).map(({ ids, ...row }) => ({
    ...row,
    document: ids ? looseDocument(row, ids) : wholeDocument(row),
  }));
}

/** Whether its items need not be read, for whoever knows them. */
function isLoose({ name, items }: Pick<SectionTable, "name" | "items">): boolean {
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

/** Puts a section in the place of what was stored under its name. `document`: undefined for the one that is there. */
export async function putSection(
  database: Kysely<Schema>,
  installation: number,
  { isIndexed, ...state }: SectionState,
  document: PackedDocument | null | undefined,
): Promise<void> {
  const holder = { installation, section: state.name };
  const ids = document?.packed ? await idsOfItems(database, holder, document.packed) : null;
  const stored = document
    ? { body: document.body, items: ids && encodeIds(ids) }
    : { body: null, items: null };
  const row = { ...state, indexed: isIndexed ? 1 : 0 };
  await database
    .insertInto("sections")
    .values({ installation, ...row, ...stored })
    .onConflict((conflict) =>
      conflict
        .columns(["installation", "name"])
        .doUpdateSet({ ...row, ...(document === undefined ? {} : stored) }),
    )
    .execute();
  if (document !== undefined) await dropOwnItems(database, holder, ids?.flat() ?? []);
}

/** Changes what is known of a section, not what it is. */
export async function describeSection(
  database: Kysely<Schema>,
  installation: number,
  name: string,
  known: Partial<Pick<SectionTable, "schema" | "indexed">>,
): Promise<void> {
  await database
    .updateTable("sections")
    .set(known)
    .where("installation", "=", installation)
    .where("name", "=", name)
    .execute();
}
