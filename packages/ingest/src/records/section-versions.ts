/** When the sections of a device changed, and what they were: read page by page, or as they were at a time. */
import type { ExpressionBuilder, Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { inScope, type Scope } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";
import { sectionStates, storedSection, storedSections } from "./sections.ts";
import { readableDocument } from "./stored-document.ts";
import { readableVersion } from "./versions.ts";

/** The number of the version that is there now: above that of every superseded one. */
const present = Number.MAX_SAFE_INTEGER;

/** Where a page of changes ended. */
export interface ChangePosition {
  readonly since: number;
  readonly name: string;
  readonly id: number;
}

/** One version of a section without its document. */
interface VersionFacts extends ChangePosition {
  readonly status: string;
  /** null where it has no document. */
  readonly digest: string | null;
}

/** Canonical form of a document; null where there is none, undefined where it cannot be read any more. */
type MaybeRead = Uint8Array | null | undefined;

export interface SectionChange extends VersionFacts {
  /** Canonical form; null: it has no document; undefined: that cannot be read any more. */
  readonly is: MaybeRead;
  /** The version kept before it; null where none is kept, undefined where that cannot be read any more. */
  readonly was: MaybeRead;
}

export interface ChangePage {
  /** The device's ordinal. */
  readonly device: number;
  /** The latest first. */
  readonly changes: readonly SectionChange[];
  readonly next: ChangePosition | null;
}

interface ChangesInput {
  /** The device's id. */
  readonly id: string;
  /** Only of this section. */
  readonly section: string | undefined;
  readonly after: ChangePosition | null;
  readonly limit: number;
}

/** What changed in a device's sections, null where there is no such device in scope. */
export const sectionChanges = defineRead({
  name: "section-changes",
  async run(database, scope, { id, section, after, limit }: ChangesInput): Promise<ChangePage | null> {
    const whose = await installationOf(database, scope, id);
    if (!whose) return null;
    const older = await olderVersions(database, whose.installation, section)
      .$if(after !== null, (query) => query.where((builder) => isBehind(builder, after ?? newest)))
      .orderBy("since", "desc")
      .orderBy("name")
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    const now = await presentVersions(database, whose.installation, section);
    const found = [...now.filter((version) => after === null || inOrder(after, version) < 0), ...older]
      .sort(inOrder)
      .slice(0, limit + 1);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const changes = await withDocuments(database, whose.installation, page);
    const next = last ? { since: last.since, name: last.name, id: last.id } : null;
    return { device: whose.device, changes, next };
  },
});

const newest: ChangePosition = { since: present, name: "", id: present };

async function installationOf(database: Kysely<Schema>, scope: Scope, id: string) {
  return database
    .selectFrom("devices")
    .innerJoin("installations", "installations.device", "devices.ordinal")
    .select(["devices.ordinal as device", "installations.ordinal as installation"])
    .where("devices.id", "=", id)
    .where((builder) => inScope(builder, scope))
    .executeTakeFirst();
}

/** What an installation's section became at these times, the latest first. */
export async function changesAt(
  database: Kysely<Schema>,
  installation: number,
  section: string,
  times: readonly number[],
): Promise<SectionChange[]> {
  const older = await olderVersions(database, installation, section)
    .where("since", "in", [...times])
    .execute();
  const now = await presentVersions(database, installation, section);
  const versions = [...now.filter(({ since }) => times.includes(since)), ...older];
  return withDocuments(database, installation, versions.sort(inOrder));
}

/** What an installation's sections are now. */
async function presentVersions(
  database: Kysely<Schema>,
  installation: number,
  section: string | undefined,
): Promise<VersionFacts[]> {
  const states = await sectionStates(database, installation);
  return states
    .filter(({ name }) => section === undefined || name === section)
    .map(({ name, since, status, digest }) => ({ name, since, status, digest, id: present }));
}

/** What they were before. */
const olderVersions = (database: Kysely<Schema>, installation: number, section: string | undefined) =>
  database
    .selectFrom("section_history")
    .select(["name", "since", "status", "digest", "id"])
    .where("installation", "=", installation)
    .$if(section !== undefined, (query) => query.where("name", "=", section ?? ""));

const inOrder = (a: ChangePosition, b: ChangePosition): number =>
  b.since - a.since || (a.name === b.name ? b.id - a.id : a.name < b.name ? -1 : 1);

const isBehind = (
  builder: ExpressionBuilder<Schema, "section_history">,
  { since, name, id }: ChangePosition,
) =>
  builder.or([
    builder("since", "<", since),
    builder.and([builder("since", "=", since), builder("name", ">", name)]),
    // What was the present one then may be superseded since, and has a number of its own now.
    builder.and([
      builder("since", "=", since),
      builder("name", "=", name),
      builder("id", "<", id === present ? 0 : id),
    ]),
  ]);

/** Puts to each version its document and that of the version kept before it. */
async function withDocuments(
  database: Kysely<Schema>,
  installation: number,
  page: readonly VersionFacts[],
): Promise<SectionChange[]> {
  const documents = new Map<string, readonly Rebuilt[]>();
  for (const [name, versions] of Map.groupBy(page, (version) => version.name)) {
    const ids = versions.map(({ id }) => id);
    documents.set(
      name,
      await rebuilt(database, { installation, name, from: Math.min(...ids), to: Math.max(...ids) }),
    );
  }
  return page.map((version) => {
    const all = documents.get(version.name) ?? [];
    const here = all.findIndex(({ id }) => id === version.id);
    const [is, was] = [all[here], all[here + 1]];
    return { ...version, is: is ? is.document : null, was: was ? was.document : null };
  });
}

interface Rebuilt {
  readonly id: number;
  readonly document: MaybeRead;
}

interface Span {
  readonly installation: number;
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The documents of the versions from the one with number `to` back to `from` and one further, the latest first; before
 * them may stand those that they lean on.
 */
async function rebuilt(database: Kysely<Schema>, { installation, name, from, to }: Span): Promise<Rebuilt[]> {
  const own = database
    .selectFrom("section_history")
    .where("installation", "=", installation)
    .where("name", "=", name);
  const before = await own
    .select("id")
    .where("id", "<", from)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const alone = await own
    .select("id")
    .where("id", ">=", to)
    .where("whole", "=", 1)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  const rows = await own
    .select(["id", "digest", "whole", "body"])
    .where("id", ">=", before?.id ?? from)
    .$if(alone !== undefined, (query) => query.where("id", "<=", alone?.id ?? present))
    .orderBy("id", "desc")
    .execute();
  const result: Rebuilt[] = [];
  let newer: MaybeRead;
  if (!alone) {
    const now = await storedSection(database, installation, name);
    newer = now ? readableDocument(now) : null;
    result.push({ id: present, document: newer });
  }
  for (const { id, ...version } of rows) {
    newer = readableVersion(version, newer ?? undefined);
    result.push({ id, document: newer });
  }
  return result;
}

export interface SectionAsItWas {
  readonly name: string;
  readonly status: string;
  readonly digest: string | null;
  readonly since: number;
  /** When it was superseded; null: it is what it is now. */
  readonly until: number | null;
  readonly document: MaybeRead;
}

interface AtInput {
  /** The device's id. */
  readonly id: string;
  readonly at: number;
  /** Only this section. */
  readonly section: string | undefined;
}

/**
 * A device's sections as they were at a time, null where there is no such device in scope. One that was not there then,
 * or of which is not kept what it was, is left out.
 */
export const sectionsAt = defineRead({
  name: "sections-at",
  async run(
    database,
    scope,
    { id, at, section }: AtInput,
  ): Promise<{ device: number; sections: SectionAsItWas[] } | null> {
    const whose = await installationOf(database, scope, id);
    if (!whose) return null;
    const { device, installation } = whose;
    const names = section === undefined ? undefined : [section];
    const sections: SectionAsItWas[] = [];
    for (const stored of await storedSections(database, installation, names)) {
      const { name, status, digest, since } = stored;
      if (since <= at)
        sections.push({ name, status, digest, since, until: null, document: readableDocument(stored) });
    }
    const told = new Set(sections.map(({ name }) => name));
    const older = await superseded(database, installation, at, section);
    for (const { id: number, name, ...version } of older.filter((row) => !told.has(row.name))) {
      const all = await rebuilt(database, { installation, name, from: number, to: number });
      sections.push({ name, ...version, document: all.find((each) => each.id === number)?.document });
    }
    return { device, sections };
  },
});

/** The versions that were there at a time, one for each section. */
async function superseded(
  database: Kysely<Schema>,
  installation: number,
  at: number,
  section: string | undefined,
) {
  const rows = await database
    .selectFrom("section_history")
    .select(["id", "name", "status", "digest", "since", "at as until"])
    .where("installation", "=", installation)
    .where("since", "<=", at)
    .where("at", ">", at)
    .$if(section !== undefined, (query) => query.where("name", "=", section ?? ""))
    .orderBy("id")
    .execute();
  return [...new Map(rows.map((row) => [row.name, row])).values()];
}
