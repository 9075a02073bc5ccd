/** The history of an installation's sections that goes on with another installation. */
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { wholeBody } from "./history.ts";
import { sectionStates, storedSection } from "./sections.ts";

export interface Carrying {
  /** The installation that ends. */
  readonly from: number;
  /** The one that goes on. */
  readonly to: number;
  readonly at: number;
}

/** Names of the sections that are stored of an installation, or were. */
export async function sectionsEver(database: Kysely<Schema>, from: number): Promise<string[]> {
  const stored = await sectionStates(database, from);
  const older = await database
    .selectFrom("section_history")
    .select("name")
    .distinct()
    .where("installation", "=", from)
    .execute();
  return [...new Set([...stored, ...older].map(({ name }) => name))];
}

/** Carries what a section was. Rows lean on the next newer one, by their order: what the other has kept already comes behind what is carried. */
export async function carryVersions(
  transaction: Kysely<Schema>,
  { from, to, at }: Carrying,
  name: string,
): Promise<void> {
  const own = await transaction
    .selectFrom("section_history")
    .selectAll()
    .where("installation", "=", to)
    .where("name", "=", name)
    .orderBy("id")
    .execute();
  const [last, now] = [
    await storedSection(transaction, from, name),
    await storedSection(transaction, to, name),
  ];
  const oldest = own[0] ?? now;
  await transaction
    .deleteFrom("section_history")
    .where("installation", "=", to)
    .where("name", "=", name)
    .execute();
  await transaction
    .updateTable("section_history")
    .set({ installation: to })
    .where("installation", "=", from)
    .where("name", "=", name)
    .execute();
  // The same document needs no row: what leans on it leans on the other's.
  const body = last ? wholeBody(last) : null;
  if (last?.digest != null && body !== null && last.digest !== oldest?.digest) {
    const { since, schema, status, digest } = last;
    await transaction
      .insertInto("section_history")
      .values({
        installation: to,
        name,
        at: oldest?.since ?? at,
        since,
        schema,
        status,
        digest,
        whole: 1,
        body,
      })
      .execute();
  }
  for (const { id: _id, ...row } of own)
    await transaction.insertInto("section_history").values(row).execute();
}
