/** How many terms an installation has added to the index today; those of a section's first inventory do not count. */
import type { Kysely } from "kysely";
import { z } from "zod";
import { day } from "../milliseconds.ts";
import { jsonColumn } from "../store/columns.ts";
import { compiledOnce } from "../store/compiled-once.ts";
import type { Schema, TermQuotaTable } from "../store/schema.ts";

const names = z.array(z.string());

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

/** What an installation may add, as one inventory finds it and leaves it: read once, and written once. */
export class TermQuota {
  readonly #installation: number;
  /** Sections that have had their first inventory. */
  readonly #inventoried: Set<string>;
  /** When the day began in which terms are counted. */
  readonly #since: number;
  /** Nothing was added today before this inventory. */
  readonly #isNewDay: boolean;
  #added: number;
  #isChanged = false;

  private constructor(installation: number, at: number, row: TermQuotaTable | undefined) {
    const today = row && at - row.since < day ? row : undefined;
    this.#installation = installation;
    this.#inventoried = new Set(row ? jsonColumn(names, row.inventoried, "term_quotas.inventoried") : []);
    this.#isNewDay = today === undefined;
    this.#since = today?.since ?? at;
    this.#added = today?.added ?? 0;
  }

  static async of(database: Kysely<Schema>, installation: number, at: number): Promise<TermQuota> {
    const [row] = await storedQuota(database, { installation });
    return new TermQuota(installation, at, row);
  }

  /** Terms that a section may add now. One that was not found comes back whole, once a day. */
  roomFor(section: string, wasFound: boolean, newTermsPerDay: number): number {
    if (!this.#inventoried.has(section)) return Number.POSITIVE_INFINITY;
    if (!wasFound) return this.#isNewDay ? Number.POSITIVE_INFINITY : 0;
    return Math.max(newTermsPerDay - this.#added, 0);
  }

  /** Remembers what a section has added. */
  count(section: string, terms: number): void {
    const isFirst = !this.#inventoried.has(section);
    if (!isFirst && terms === 0) return;
    this.#inventoried.add(section);
    if (!isFirst) this.#added += terms;
    this.#isChanged = true;
  }

  async store(database: Kysely<Schema>): Promise<void> {
    if (!this.#isChanged) return;
    await storeQuota(database, {
      installation: this.#installation,
      inventoried: JSON.stringify([...this.#inventoried]),
      since: this.#since,
      added: this.#added,
    });
  }
}
