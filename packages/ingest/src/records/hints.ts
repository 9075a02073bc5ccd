/**
 * Devices with the same hardware hint. Nothing of the hint is told: the digest of its section is equal where the hint
 * is.
 */
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { inScope, type Scope } from "../store/scope.ts";

/** The section whose digest is compared. */
const section = "identifiers";

/** The column of `withHints` that is equal where the hints are. */
export const hint = "sections.digest";

/** Installations in scope that have a hint, with their devices. */
export const withHints = (database: Kysely<Schema>, scope: Scope) =>
  database
    .selectFrom("sections")
    .innerJoin("installations", "installations.ordinal", "sections.installation")
    .innerJoin("devices", "devices.ordinal", "installations.device")
    .where("sections.name", "=", section)
    .where(hint, "is not", null)
    .where((builder) => inScope(builder, scope));

/** An installation's hint as `withHints` compares it, null without one. */
export async function hintOf(database: Kysely<Schema>, installation: number): Promise<string | null> {
  const row = await database
    .selectFrom("sections")
    .select("digest")
    .where("installation", "=", installation)
    .where("name", "=", section)
    .executeTakeFirst();
  return row?.digest ?? null;
}
