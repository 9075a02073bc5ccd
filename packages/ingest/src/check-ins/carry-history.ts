/** The history of a device goes on with the installation that goes on for it: of its consent, and what sections were. */
import { type Grant, isGranted, sectionNamed } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { type Carrying, carryVersions, sectionsEver } from "../records/carry-versions.ts";
import { carryChanges } from "../records/change-rows.ts";
import { carryTitles } from "../records/title-times.ts";
import { grantsIn } from "../store/grant-columns.ts";
import type { Schema } from "../store/schema.ts";
import { dropOldest } from "./consent-history.ts";

/** Carries what is granted to the other; what is not stays, and goes with the installation that it is of. */
export async function carryHistory(transaction: Kysely<Schema>, carrying: Carrying): Promise<void> {
  const { grants: text } = await transaction
    .selectFrom("installations")
    .select("grants")
    .where("ordinal", "=", carrying.to)
    .executeTakeFirstOrThrow();
  const grants = grantsIn(text, "installations.grants");
  // Whatever is granted now: it tells under what the rest was collected.
  await transaction
    .updateTable("consent_history")
    .set({ installation: carrying.to })
    .where("installation", "=", carrying.from)
    .execute();
  await dropOldest(transaction, carrying.to);
  await carryTitles(transaction, carrying);
  const kept = (await sectionsEver(transaction, carrying.from)).filter((name) => mayKeep(name, grants));
  for (const name of kept) await carryVersions(transaction, carrying, name);
  await carryChanges(transaction, carrying, kept);
}

function mayKeep(name: string, grants: readonly Grant[]): boolean {
  const definition = sectionNamed(name);
  return definition !== undefined && isGranted(definition, grants);
}
