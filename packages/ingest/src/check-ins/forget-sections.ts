/** Removes sections of an installation for other reasons than that it says so itself. */
import { allSections, type Category } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { openRecord } from "../records/open-record.ts";
import type { Schema } from "../store/schema.ts";
import { defineWrite } from "../store/store.ts";
import { forgetSections, updateStateDigest, type Whose } from "./section-queries.ts";

interface ForgottenSections extends Whose {
  readonly names: readonly string[];
}

/** Everything that came from them goes; the state digest tells the device's next check-in that they are gone. */
export const forgetSectionsOf = defineWrite({
  name: "forget-sections-of",
  run: (transaction, { names, ...whose }: ForgottenSections) => forget(transaction, whose, names),
});

/** The same for all sections of some categories, in a transaction that does more. */
export function forgetCategories(
  transaction: Kysely<Schema>,
  whose: Whose,
  categories: readonly Category[],
): Promise<void> {
  const sections = allSections.filter(({ category }) => categories.includes(category));
  return forget(
    transaction,
    whose,
    sections.map(({ name }) => name),
  );
}

async function forget(transaction: Kysely<Schema>, whose: Whose, names: readonly string[]): Promise<void> {
  const record = await openRecord(transaction, whose.ordinal);
  await forgetSections(transaction, whose, names, record);
  await record.write();
  await updateStateDigest(transaction, whose.ordinal, record);
}
