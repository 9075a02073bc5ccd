/** What the store holds of some categories of an installation goes, with everything that was derived from it. */
import { allSections, type Category } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { forgetSections, updateStateDigest, type Whose } from "./section-queries.ts";

export async function forgetCategories(
  transaction: Kysely<Schema>,
  whose: Whose,
  categories: readonly Category[],
): Promise<void> {
  const sections = allSections.filter(({ category }) => categories.includes(category));
  await forgetSections(
    transaction,
    whose,
    sections.map(({ name }) => name),
  );
  await updateStateDigest(transaction, whose.ordinal);
}
