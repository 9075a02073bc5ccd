/** The end of an installation: what it sent is gone, its key stays known, so that a copy that turns up late is told. */
import type { Kysely } from "kysely";
import { forgetInstallation } from "../privacy/forget.ts";
import type { Schema } from "../store/schema.ts";

export interface Ending {
  readonly installation: number;
  /** The device whose record a late copy of it would ask for. */
  readonly device: number;
  /** Whether it is known that there are copies, so that none of them gets that record. */
  readonly copied: boolean;
  readonly at: number;
}

export async function endInstallation(
  transaction: Kysely<Schema>,
  { installation, device, copied, at }: Ending,
): Promise<void> {
  const row = await transaction
    .selectFrom("installations")
    .select(["id", "key", "token", "grants", "lineage"])
    .where("ordinal", "=", installation)
    .executeTakeFirstOrThrow();
  await forgetInstallation(transaction, installation);
  await transaction.deleteFrom("installations").where("ordinal", "=", installation).execute();
  await transaction
    .insertInto("former_installations")
    .values({
      ...row,
      ordinal: installation,
      device,
      doubted_at: null,
      copied: copied ? 1 : 0,
      heard_at: at,
    })
    .execute();
}

export interface Former {
  readonly ordinal: number;
  readonly id: string;
  readonly key: string;
  readonly device: number;
  readonly copied: boolean;
}

/** The former installation with this ordinal, or this id or key, or null. */
export async function formerInstallation(
  database: Kysely<Schema>,
  named: number | { readonly id: string } | { readonly key: string },
): Promise<Former | null> {
  const rows = database
    .selectFrom("former_installations")
    .select(["ordinal", "id", "key", "device", "copied"]);
  const row = await (typeof named === "number"
    ? rows.where("ordinal", "=", named)
    : "id" in named
      ? rows.where("id", "=", named.id)
      : rows.where("key", "=", named.key)
  ).executeTakeFirst();
  return row ? { ...row, copied: row.copied === 1 } : null;
}

/**
 * A successor of a former installation, on its provisional device. Where that is known to have been copied, it is a
 * device of its own; else it waits to be told from who goes on for the device. Returns what it succeeds.
 */
export async function comeLate(
  transaction: Kysely<Schema>,
  { ordinal, device, copied }: Former,
  provisional: number,
  at: number,
): Promise<number | null> {
  if (copied) await noteCopied(transaction, { device: provisional, about: device, at });
  await transaction
    .updateTable("former_installations")
    .set((expression) => ({
      heard_at: at,
      ...(copied ? {} : { doubted_at: expression.fn.coalesce("doubted_at", expression.val(at)) }),
    }))
    .where("ordinal", "=", ordinal)
    .execute();
  return copied ? null : ordinal;
}

/** Notes that a device is one of several that went on from another. */
export async function noteCopied(
  transaction: Kysely<Schema>,
  { device, about, at }: { readonly device: number; readonly about: number; readonly at: number },
): Promise<void> {
  await transaction
    .insertInto("device_notes")
    .values({ device, kind: "copied", about, at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
