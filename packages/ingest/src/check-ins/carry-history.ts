/** The history of a device goes on with the installation that goes on for it: of its consent, and what sections were. */
import { type Grant, grantsSchema, isGranted, sectionNamed } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { jsonColumn } from "../store/columns.ts";
import type { Schema } from "../store/schema.ts";
import { dropOldest } from "./consent-history.ts";

interface Carrying {
  /** The installation that ends. */
  readonly from: number;
  /** The one that goes on. */
  readonly to: number;
  readonly at: number;
}

/** Carries what is granted to the other; what is not stays, and goes with the installation that it is of. */
export async function carryHistory(transaction: Kysely<Schema>, carrying: Carrying): Promise<void> {
  const { grants: text } = await transaction
    .selectFrom("installations")
    .select("grants")
    .where("ordinal", "=", carrying.to)
    .executeTakeFirstOrThrow();
  const grants = jsonColumn(grantsSchema, text, "installations.grants");
  // Whatever is granted now: it tells under what the rest was collected.
  await transaction
    .updateTable("consent_history")
    .set({ installation: carrying.to })
    .where("installation", "=", carrying.from)
    .execute();
  await dropOldest(transaction, carrying.to);
  for (const name of await namesOf(transaction, carrying.from))
    if (mayKeep(name, grants)) await carrySection(transaction, carrying, name);
}

async function namesOf(database: Kysely<Schema>, from: number): Promise<string[]> {
  const stored = database.selectFrom("sections").select("name").where("installation", "=", from);
  const older = database.selectFrom("section_history").select("name").where("installation", "=", from);
  return (await stored.union(older).execute()).map(({ name }) => name);
}

function mayKeep(name: string, grants: readonly Grant[]): boolean {
  const definition = sectionNamed(name);
  return definition !== undefined && isGranted(definition, grants);
}

/** Rows lean on the next newer one, by their order: what the other has kept already comes behind what is carried. */
async function carrySection(
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
  const [last, now] = [await present(transaction, from, name), await present(transaction, to, name)];
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
  if (last?.digest != null && last.body !== null && last.digest !== oldest?.digest) {
    const { since, schema, status, digest, body } = last;
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

const present = (database: Kysely<Schema>, installation: number, name: string) =>
  database
    .selectFrom("sections")
    .selectAll()
    .where("installation", "=", installation)
    .where("name", "=", name)
    .executeTakeFirst();
