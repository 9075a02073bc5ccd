/** The audit log as it is read: whole for who may read every device's, and not at all for others. */
import type { Kysely, Selectable } from "kysely";
import { isoTime } from "../store/columns.ts";
import type { AuditTable, Schema } from "../store/schema.ts";
import { isOverAll, type Scope } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";
import type { AuditEntry, Checkpoint, Link } from "./chain.ts";

export interface AuditPage {
  readonly descending: boolean;
  readonly limit: number;
  /** Number of the last entry before this page, null at the beginning. */
  readonly after: number | null;
}

const entriesInScope = (database: Kysely<Schema>, scope: Scope) =>
  database.selectFrom("audit").where((builder) => builder.lit(isOverAll(scope)));

export const auditEntries = defineRead({
  name: "audit-entries",
  async run(database, scope, { descending, limit, after }: AuditPage): Promise<readonly AuditEntry[]> {
    const entries = entriesInScope(database, scope)
      .selectAll()
      .orderBy("number", descending ? "desc" : "asc")
      .limit(limit);
    const rows = after === null ? entries : entries.where("number", descending ? "<" : ">", after);
    return (await rows.execute()).map(entryOf);
  },
});

function entryOf(row: Selectable<AuditTable>): AuditEntry {
  return {
    number: row.number,
    at: isoTime(row.at),
    action: row.action,
    requestId: row.request_id,
    account: { value: row.account, salt: row.account_salt, commitment: row.account_commitment },
    subject: { value: row.subject, salt: row.subject_salt, commitment: row.subject_commitment },
    hash: row.hash,
  };
}

/** What stands in the place of the entries that were cut, or null. */
export const auditCheckpoint = defineRead({
  name: "audit-checkpoint",
  isPoint: true,
  async run(database, scope, _input: null): Promise<Omit<Checkpoint, "use" | "server"> | null> {
    const row = await database
      .selectFrom("audit_checkpoint")
      .selectAll()
      .where((builder) => builder.lit(isOverAll(scope)))
      .executeTakeFirst();
    return row ?? null;
  },
});

/** The last entry before an instant, or null. */
export const lastEntryBefore = defineRead({
  name: "last-audit-entry-before",
  isPoint: true,
  async run(database, scope, at: number): Promise<Link | null> {
    const row = await entriesInScope(database, scope)
      .select(["number", "hash"])
      .where("at", "<", at)
      .orderBy("number", "desc")
      .limit(1)
      .executeTakeFirst();
    return row ?? null;
  },
});
