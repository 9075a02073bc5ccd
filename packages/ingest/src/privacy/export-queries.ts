/** What an export is made of, in the store, and how often one was made. */
import { day } from "../milliseconds.ts";
import { type StoredVersion, storedVersions } from "../records/history.ts";
import { isReadable, type StoredSection, storedSections } from "../records/sections.ts";
import { defineRead, defineWrite } from "../store/store.ts";

/** Every section of an installation as it is stored. */
export const ownDocuments = defineRead({
  name: "own-documents",
  async run(database, scope, ordinal: number): Promise<StoredSection[]> {
    return (await isReadable(database, scope, ordinal)) ? storedSections(database, ordinal) : [];
  },
});

/** Every superseded version of an installation's sections as it is stored, the latest first. */
export const ownVersions = defineRead({
  name: "own-versions",
  async run(database, scope, ordinal: number): Promise<StoredVersion[]> {
    return (await isReadable(database, scope, ordinal)) ? storedVersions(database, ordinal) : [];
  },
});

interface ExportInput {
  readonly ordinal: number;
  readonly mostPerDay: number;
  readonly at: number;
}

/** Counts an export, null; or tells when the next may be made, if there were as many within a day as there may be. */
export const countExport = defineWrite({
  name: "count-export",
  async run(transaction, { ordinal, mostPerDay, at }: ExportInput): Promise<number | null> {
    await transaction
      .deleteFrom("own_exports")
      .where("installation", "=", ordinal)
      .where("at", "<=", at - day)
      .execute();
    const rows = await transaction
      .selectFrom("own_exports")
      .select("at")
      .where("installation", "=", ordinal)
      .orderBy("at", "desc")
      .limit(mostPerDay)
      .execute();
    const oldest = rows.length < mostPerDay ? undefined : rows.at(-1);
    if (oldest) return oldest.at + day;
    await transaction.insertInto("own_exports").values({ installation: ordinal, at }).execute();
    return null;
  },
});
