/**
 * Devices with the same hardware hint. Nothing of the hint is told: the digest of its section is equal where the hint
 * is.
 */
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { inScope, type Scope } from "../store/scope.ts";
import type { SectionState } from "./record-codec.ts";

/** The section whose digest is compared. */
const section = "identifiers";

/** The column of `withHints` that is equal where the hints are. */
export const hint = "records.hint";

/** Bytes of the digest that are compared: as many as make a number. */
const hintBytes = 6;

/** What a record is found by that has these sections; null without a hint. */
export function hintIn(sections: readonly Pick<SectionState, "name" | "digest">[]): number | null {
  const digest = sections.find(({ name }) => name === section)?.digest ?? null;
  return digest === null ? null : Buffer.from(digest, "base64url").readUIntBE(0, hintBytes);
}

/** Installations in scope that have a hint, with their devices. */
export const withHints = (database: Kysely<Schema>, scope: Scope) =>
  database
    .selectFrom("records")
    .innerJoin("installations", "installations.ordinal", "records.installation")
    .innerJoin("devices", "devices.ordinal", "installations.device")
    .where(hint, "is not", null)
    .where((builder) => inScope(builder, scope));

/** An installation's hint as `withHints` compares it, null without one. */
export async function hintOf(database: Kysely<Schema>, installation: number): Promise<number | null> {
  const row = await database
    .selectFrom("records")
    .select("hint")
    .where("installation", "=", installation)
    .executeTakeFirst();
  return row?.hint ?? null;
}
