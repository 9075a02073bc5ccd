/** What an export is made of, in the store, and how often one was made. */
import type { Status } from "@rollcall/protocol";
import { day } from "../milliseconds.ts";
import { inScope } from "../store/scope.ts";
import { defineRead, defineWrite } from "../store/store.ts";

export interface StoredDocument {
  readonly name: string;
  readonly schema: number;
  readonly status: Status;
  readonly digest: string | null;
  readonly since: number;
  /** zstd of the canonical document. */
  readonly body: Uint8Array | null;
}

/** Every section of an installation as it is stored. */
export const ownDocuments = defineRead({
  name: "own-documents",
  run: (database, scope, ordinal: number): Promise<StoredDocument[]> =>
    database
      .selectFrom("sections")
      .innerJoin("installations", "installations.ordinal", "sections.installation")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select([
        "sections.name",
        "sections.schema",
        "sections.status",
        "sections.digest",
        "sections.since",
        "sections.body",
      ])
      .where("sections.installation", "=", ordinal)
      .where((builder) => inScope(builder, scope))
      .orderBy("sections.name")
      .execute(),
});

export interface StoredVersion {
  readonly name: string;
  readonly since: number;
  readonly at: number;
  readonly schema: number;
  readonly status: Status;
  readonly digest: string;
  /** 1: the body stands by itself; 0: it is read with the next newer document as dictionary. */
  readonly whole: number;
  readonly body: Uint8Array;
}

/** Every superseded version of an installation's sections as it is stored, the latest first. */
export const ownVersions = defineRead({
  name: "own-versions",
  run: (database, scope, ordinal: number): Promise<StoredVersion[]> =>
    database
      .selectFrom("section_history as h")
      .innerJoin("installations", "installations.ordinal", "h.installation")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select(["h.name", "h.since", "h.at", "h.schema", "h.status", "h.digest", "h.whole", "h.body"])
      .where("h.installation", "=", ordinal)
      .where((builder) => inScope(builder, scope))
      .orderBy("h.id", "desc")
      .execute(),
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
