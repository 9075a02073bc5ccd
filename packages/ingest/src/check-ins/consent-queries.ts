/** Consent in the store: what is granted, and what goes when it no longer is. */
import {
  allSections,
  type Category,
  type ConsentReceipt,
  canonical,
  checkSection,
  consentReceipt,
  type Grant,
  grantedLocation,
  isGranted,
  type LocationLevel,
  locationLevels,
  type Ownership,
  ownerships,
  parseJson,
  type SectionDefinition,
  type StoredConsent,
  sectionNamed,
} from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { z } from "zod";
import { nameOf } from "../privacy/deletion.ts";
import { enterDeletion } from "../privacy/deletions.ts";
import { forgetVersions } from "../records/history.ts";
import { openRecord } from "../records/open-record.ts";
import { storedSections } from "../records/sections.ts";
import { readableDocument } from "../records/stored-document.ts";
import { jsonColumn } from "../store/columns.ts";
import { storedConsent } from "../store/device-columns.ts";
import { grantsText } from "../store/grant-columns.ts";
import type { Schema } from "../store/schema.ts";
import { inScope } from "../store/scope.ts";
import { defineRead, defineWrite } from "../store/store.ts";
import { keepConsentChanges } from "./consent-history.ts";
import { callerColumns, installationGone, refuseRevoked } from "./installation-gone.ts";
import { forgetSections, updateStateDigest, type Whose } from "./section-queries.ts";

const ownershipSchema = z.enum(ownerships);

/** The consent that a device's requests are judged by. Throws for an installation outside the scope. */
export const consentOf = defineRead({
  name: "consent-of",
  isPoint: true,
  async run(database, scope, ordinal: number): Promise<StoredConsent & { ownership: Ownership }> {
    const row = await database
      .selectFrom("installations")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select(["consent_number", "grants", "ownership"])
      .where("installations.ordinal", "=", ordinal)
      .where((builder) => inScope(builder, scope))
      .executeTakeFirstOrThrow(installationGone);
    return { ...storedConsent(row), ownership: ownershipSchema.parse(row.ownership) };
  },
});

export interface ConsentInput {
  readonly ordinal: number;
  readonly consentNumber: number;
  readonly grants: readonly Grant[];
  readonly receipt: ConsentReceipt;
  /** The ledger of deletions', by which it recognises an id. */
  readonly ledgerKey: Uint8Array;
  readonly at: number;
}

export type ConsentOutcome =
  | { readonly kind: "stored"; readonly receipt: ConsentReceipt }
  | { readonly kind: "changed"; readonly stored: StoredConsent };

/** Stores a consent that is the next one, and removes in the same transaction what is no longer granted. */
export const storeConsent = defineWrite({
  name: "store-consent",
  async run(
    transaction,
    { ordinal, consentNumber, grants, receipt, ledgerKey, at }: ConsentInput,
  ): Promise<ConsentOutcome> {
    const row = await transaction
      .selectFrom("installations")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select(["consent_number", "grants", "consent_receipt", "installations.id", "devices.id as deviceId"])
      .select(callerColumns)
      .where("installations.ordinal", "=", ordinal)
      .executeTakeFirstOrThrow(installationGone);
    refuseRevoked(row);
    const { device } = row;
    const before = storedConsent(row).grants;
    const isRepeat = row.consent_number === consentNumber && canonical(before) === canonical(grants);
    if (isRepeat && row.consent_receipt !== null) {
      return {
        kind: "stored",
        receipt: jsonColumn(consentReceipt, row.consent_receipt, "installations.consent_receipt"),
      };
    }
    if (row.consent_number + 1 !== consentNumber) return { kind: "changed", stored: storedConsent(row) };
    const list = { consent_number: consentNumber, grants: grantsText(grants) };
    const set = { ...list, consent_receipt: JSON.stringify(receipt) };
    await transaction.updateTable("installations").set(set).where("ordinal", "=", ordinal).execute();
    await keepConsentChanges(transaction, {
      installation: ordinal,
      consentNumber,
      before,
      after: grants,
      at,
    });
    const withdrawn = allSections.filter((definition) => !isGranted(definition, grants));
    const tooFine = await sectionsTooFine(transaction, { ordinal, device }, grants);
    const formerlyFine = await forgetFinerHistory(transaction, ordinal, { before, after: grants });
    const sections = [...withdrawn.map((definition) => definition.name), ...tooFine];
    const record = await openRecord(transaction, ordinal);
    await forgetSections(transaction, { ordinal, device }, sections, record);
    await record.write();
    await updateStateDigest(transaction, ordinal, record);
    const categories = categoriesOf([
      ...withdrawn.filter((definition) => isGranted(definition, before)),
      ...allSections.filter(({ name }) => tooFine.includes(name) || formerlyFine.includes(name)),
    ]);
    // In an older database another installation may stand for the device; what it told goes, too.
    const names = [row.id, row.deviceId].map((id) => nameOf(ledgerKey, id));
    if (categories.length > 0) await enterDeletion(transaction, { names, categories, at });
    return { kind: "stored", receipt };
  },
});

const categoriesOf = (definitions: readonly SectionDefinition[]): Category[] => [
  ...new Set(definitions.map(({ category }) => category)),
];

const locating: readonly string[] = allSections
  .filter(({ flat }) => flat.some(({ field }) => field.facts.locates))
  .map(({ name }) => name);

/** Stored sections that tell the place more finely than these grants allow; what is sent next will not. */
async function sectionsTooFine(
  database: Kysely<Schema>,
  { ordinal, device }: Whose,
  grants: readonly Grant[],
): Promise<string[]> {
  const rows = await storedSections(database, ordinal, locating);
  const { ownership } = await database
    .selectFrom("devices")
    .select("ownership")
    .where("ordinal", "=", device)
    .executeTakeFirstOrThrow();
  return rows.flatMap((row) => {
    const { name, schema } = row;
    const bytes = readableDocument(row);
    if (bytes === null) return [];
    // Nobody knows how finely it tells the place.
    if (bytes === undefined) return [name];
    const submitted = { schema, status: "ok", document: parseJson(bytes) } as const;
    return "errors" in checkSection(sectionNamed(name), submitted, { grants, ownership }) ? [name] : [];
  });
}

/** Coarser from left to right; the last is no choice at all. */
const coarser: readonly (LocationLevel | null)[] = [...locationLevels.toReversed(), null];

interface Lists {
  readonly before: readonly Grant[];
  readonly after: readonly Grant[];
}

/**
 * Where the place may be told less finely from now on, earlier versions of what locates go whole, unread: a device
 * decides what they unpack to. The names of their sections.
 */
async function forgetFinerHistory(
  database: Kysely<Schema>,
  ordinal: number,
  { before, after }: Lists,
): Promise<string[]> {
  const [was, is] = [before, after].map((grants) => coarser.indexOf(grantedLocation(grants)));
  if (was === undefined || is === undefined || is <= was) return [];
  return forgetVersions(database, ordinal, locating);
}
