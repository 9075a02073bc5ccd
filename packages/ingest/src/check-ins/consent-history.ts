/**
 * Every grant and withdrawal that an installation told, in the store: what, when, by whom, under which policy. Bounded:
 * the newest are kept.
 */
import { type Grant, type GrantChange, grantChanges } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { grantsIn, grantsText } from "../store/grant-columns.ts";
import type { Schema } from "../store/schema.ts";

/** Times that an installation told a change; what it changed at one time is one or two rows. */
const mostKept = 1_000;

interface ChangedConsent {
  readonly installation: number;
  /** Of the list that is in force afterwards. */
  readonly consentNumber: number;
  readonly before: readonly Grant[];
  readonly after: readonly Grant[];
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
}

export interface KeptConsentChange extends GrantChange, Pick<ChangedConsent, "consentNumber" | "at"> {}

/** Keeps what changed, in the transaction that puts the list in force; nothing where it only has another number. */
export async function keepConsentChanges(
  transaction: Kysely<Schema>,
  { installation, consentNumber, before, after, at }: ChangedConsent,
): Promise<void> {
  const changes = Map.groupBy(grantChanges(before, after), ({ did }) => did);
  const rows = [...changes].map(([did, same]) => ({
    installation,
    consent_number: consentNumber,
    did,
    of_grant: grantsText(same.map(({ grant }) => grant)),
    at,
  }));
  if (rows.length === 0) return;
  await transaction.insertInto("consent_history").values(rows).execute();
  await dropOldest(transaction, installation);
}

/** Also where one installation's history came to another's. */
export async function dropOldest(transaction: Kysely<Schema>, installation: number): Promise<void> {
  await transaction
    .deleteFrom("consent_history")
    .where("id", "in", (expression) =>
      expression
        .selectFrom("consent_history")
        .select("id")
        .where("installation", "=", installation)
        .orderBy("at", "desc")
        .orderBy("id", "desc")
        // SQLite takes no offset without a limit.
        .limit(Number.MAX_SAFE_INTEGER)
        .offset(mostKept),
    )
    .execute();
}

/** The latest first, as many as are kept at most. Whoever calls has made sure that the installation is in scope. */
export async function consentHistoryOf(
  database: Kysely<Schema>,
  installation: number,
): Promise<KeptConsentChange[]> {
  const rows = await database
    .selectFrom("consent_history")
    .select(["consent_number", "did", "of_grant", "at"])
    .where("installation", "=", installation)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows
    .flatMap(({ consent_number: consentNumber, did, of_grant, at }) =>
      grantsIn(of_grant, "consent_history.of_grant")
        .toReversed()
        .map((grant) => ({ did, consentNumber, at, grant })),
    )
    .slice(0, mostKept);
}
