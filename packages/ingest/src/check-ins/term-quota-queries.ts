/** How many terms an installation has added to the index today; those of a section's first inventory do not count. */
import type { Kysely } from "kysely";
import { z } from "zod";
import { day } from "../milliseconds.ts";
import { jsonColumn } from "../store/columns.ts";
import { compiledOnce } from "../store/compiled-once.ts";
import type { Schema, TermQuotaTable } from "../store/schema.ts";

const names = z.array(z.string());

interface Which {
  readonly installation: number;
  /** The section. */
  readonly name: string;
  readonly at: number;
}

interface Quota {
  /** Nothing was added today. */
  readonly isNewDay: boolean;
  /** Sections that have had their first inventory. */
  readonly inventoried: readonly string[];
  /** When the day began in which terms are counted. */
  readonly since: number;
  readonly added: number;
}

const storedQuota = compiledOnce<{ readonly installation: number }, TermQuotaTable>((database, given) =>
  database.selectFrom("term_quotas").selectAll().where("installation", "=", given("installation")),
);

/** A type, for an interface has no names beside its own. */
type Row = Pick<TermQuotaTable, keyof TermQuotaTable>;

const storeQuota = compiledOnce<Row, unknown>((database, given) => {
  const row = { inventoried: given("inventoried"), since: given("since"), added: given("added") };
  return database
    .insertInto("term_quotas")
    .values({ installation: given("installation"), ...row })
    .onConflict((conflict) => conflict.column("installation").doUpdateSet(row));
});

async function quotaOf(database: Kysely<Schema>, { installation, at }: Which): Promise<Quota> {
  const [row] = await storedQuota(database, { installation });
  const inventoried = row ? jsonColumn(names, row.inventoried, "term_quotas.inventoried") : [];
  return row && at - row.since < day
    ? { inventoried, since: row.since, added: row.added, isNewDay: false }
    : { inventoried, since: at, added: 0, isNewDay: true };
}

/** Terms that a section may add now. One that is not found comes back whole, once a day. */
export async function roomForTerms(
  database: Kysely<Schema>,
  which: Which,
  { newTermsPerDay, wasFound }: { readonly newTermsPerDay: number; readonly wasFound: boolean },
): Promise<number> {
  const { inventoried, added, isNewDay } = await quotaOf(database, which);
  if (!inventoried.includes(which.name)) return Number.POSITIVE_INFINITY;
  if (!wasFound) return isNewDay ? Number.POSITIVE_INFINITY : 0;
  return Math.max(newTermsPerDay - added, 0);
}

/** Remembers what a section has added. */
export async function countTerms(database: Kysely<Schema>, which: Which, terms: number): Promise<void> {
  const { inventoried, since, added } = await quotaOf(database, which);
  const isFirst = !inventoried.includes(which.name);
  if (!isFirst && terms === 0) return;
  await storeQuota(database, {
    installation: which.installation,
    inventoried: JSON.stringify(isFirst ? [...inventoried, which.name] : inventoried),
    since,
    added: isFirst ? added : added + terms,
  });
}
