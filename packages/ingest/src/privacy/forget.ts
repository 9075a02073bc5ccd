/** Forgetting in the store: the statements that follow from the list of what holds something of a device. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import { releaseItems } from "../records/released-items.ts";
import { type TablePlace, tables } from "../store/forgetting.ts";
import type { Schema } from "../store/schema.ts";

/** Rows that were removed, by table; tables that lost none are left out. */
export type Removed = Readonly<Record<string, number>>;

const places: readonly (readonly [string, TablePlace<Record<string, unknown>>])[] = Object.entries(tables);

/** Removes every row of a device and of its installations, in the transaction that it is given. */
export async function forgetDevice(transaction: Kysely<Schema>, device: number): Promise<Removed> {
  const ofDevice = sql`${device}`;
  const ofInstallation = sql`(select ordinal from installations where device = ${device})`;
  const removed: Record<string, number> = {};
  const installations = await transaction
    .selectFrom("installations")
    .select("ordinal")
    .where("device", "=", device)
    .execute();
  for (const { ordinal } of installations) await releaseItems(transaction, ordinal);
  for (const [table, { forgets }] of places) {
    if (typeof forgets === "string") continue;
    const theirs =
      "device" in forgets ? anyIn(forgets.device, ofDevice) : anyIn(forgets.installation, ofInstallation);
    const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} where ${theirs}`.execute(
      transaction,
    );
    if (numAffectedRows > 0n) removed[table] = Number(numAffectedRows);
  }
  return removed;
}

/** Removes every row of an installation but its own. */
export async function forgetInstallation(transaction: Kysely<Schema>, installation: number): Promise<void> {
  await releaseItems(transaction, installation);
  for (const [table, { forgets }] of places)
    if (typeof forgets !== "string" && "installation" in forgets)
      await sql`
        delete from ${sql.table(table)} where ${anyIn(forgets.installation, sql`${installation}`)}
      `.execute(transaction);
}

/** Removes everything that came from these sections of an installation, whatever table it went to. */
export async function forgetRowsOfSections(
  transaction: Kysely<Schema>,
  installation: number,
  sections: readonly string[],
): Promise<void> {
  if (sections.length === 0) return;
  for (const [table, { forgets, section }] of places) {
    if (section === undefined || typeof forgets === "string" || !("installation" in forgets)) continue;
    await sql`
      delete from ${sql.table(table)}
      where ${anyIn(forgets.installation, sql`${installation}`)} and ${sql.ref(section)} in (${sql.join(sections)})
    `.execute(transaction);
  }
}

function anyIn(columns: readonly string[], ordinals: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(${sql.join(
    columns.map((column) => sql`${sql.ref(column)} in (${ordinals})`),
    sql` or `,
  )})`;
}
