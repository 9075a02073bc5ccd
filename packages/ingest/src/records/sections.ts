/** The sections of an installation as they are stored: the one place that reads and changes them. */
import type { Status } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import type { Schema, SectionTable } from "../store/schema.ts";
import { inScope, type Scope } from "../store/scope.ts";

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

export interface StoredSection extends SectionState {
  /** zstd of the canonical document. */
  readonly body: Uint8Array | null;
}

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
    .select([...stateColumns, "body"])
    .where("installation", "=", installation)
    .$if(names !== undefined, (query) => query.where("name", "in", names ?? []))
    .orderBy("name")
    .execute();
  return rows.map(asStored);
}

/** One section with its document, undefined where it is not stored. */
export async function storedSection(
  database: Kysely<Schema>,
  installation: number,
  name: string,
): Promise<StoredSection | undefined> {
  return (await storedSections(database, installation, [name]))[0];
}

/** Documents of several installations, zstd as they are stored; `indexed`: 1 where all of it may be found. */
export function sectionDocuments(database: Kysely<Schema>, installations: readonly number[]) {
  return database
    .selectFrom("sections")
    .select(["installation", "name", "body", "indexed"])
    .where("installation", "in", [...installations])
    .where("body", "is not", null)
    .execute();
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

/** Puts a section in the place of what was stored under its name. `keepsBody`: with the document that is there. */
export async function putSection(
  database: Kysely<Schema>,
  installation: number,
  { isIndexed, ...section }: StoredSection & { readonly keepsBody: boolean },
): Promise<void> {
  const { keepsBody, body, ...state } = section;
  const row = { ...state, indexed: isIndexed ? 1 : 0 };
  await database
    .insertInto("sections")
    .values({ installation, ...row, body })
    .onConflict((conflict) =>
      conflict.columns(["installation", "name"]).doUpdateSet({ ...row, ...(keepsBody ? {} : { body }) }),
    )
    .execute();
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
