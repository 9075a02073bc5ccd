/** Who an installation is to those that prove or bear something in its name: its key, and its session. */
import type { Kysely } from "kysely";
import type { CallingInstallation } from "../accounts/caller.ts";
import { formerInstallation } from "../copies/former.ts";
import { compiledOnce } from "../store/compiled-once.ts";
import type { Schema } from "../store/schema.ts";
import { inScope, isOverAll } from "../store/scope.ts";
import { defineRead, defineWrite } from "../store/store.ts";

export interface InstallationKey {
  readonly ordinal: number;
  readonly device: number;
  readonly key: string;
  /** Since when the identity is in doubt; what `refuseDoubted` is asked with. */
  readonly doubtedAt: number | null;
  readonly retired: boolean;
  /** Whether another goes on in its place. */
  readonly isFormer: boolean;
}

/** The key that something has to be proved with in the name of an installation, be it a former one. */
export const installationKey = defineRead({
  name: "installation-key",
  isPoint: true,
  async run(database, scope, id: string): Promise<InstallationKey | null> {
    const row = await database
      .selectFrom("installations")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select([
        "installations.ordinal",
        "installations.device",
        "key",
        "doubted_at as doubtedAt",
        "retired_at",
      ])
      .where("installations.id", "=", id)
      .where((builder) => inScope(builder, scope))
      .executeTakeFirst();
    if (row) {
      const { retired_at, ...installation } = row;
      return { ...installation, retired: retired_at !== null, isFormer: false };
    }
    const former = isOverAll(scope) ? await formerInstallation(database, { id }) : null;
    if (!former) return null;
    const { ordinal, device, key } = former;
    return { ordinal, device, key, doubtedAt: 0, retired: false, isFormer: true };
  },
});

/** Gives an installation its session; false when it was retired or deleted since it was asked for. */
export const setSession = defineWrite({
  name: "set-session",
  async run(
    transaction,
    { ordinal, hash, expiresAt }: { ordinal: number; hash: Uint8Array; expiresAt: number },
  ): Promise<boolean> {
    const { numUpdatedRows } = await transaction
      .updateTable("installations")
      .set({ session_hash: hash, session_expires_at: expiresAt })
      .where("ordinal", "=", ordinal)
      .where("device", "in", (there) =>
        there.selectFrom("devices").select("ordinal").where("retired_at", "is", null),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  },
});

const ownerRows = (database: Kysely<Schema>) =>
  database
    .selectFrom("installations")
    .select([
      "installations.ordinal",
      "installations.id",
      "device",
      "session_hash",
      "session_expires_at",
      "doubted_at",
    ]);

type OwnerRow = Awaited<ReturnType<ReturnType<typeof ownerRows>["executeTakeFirstOrThrow"]>>;

const ownerRow = compiledOnce<{ ordinal: number }, OwnerRow>((database, given) =>
  ownerRows(database).where("installations.ordinal", "=", given("ordinal")),
);

export const sessionOwner = defineRead({
  name: "session-owner",
  isPoint: true,
  async run(
    database,
    scope,
    ordinal: number,
  ): Promise<{
    installation: CallingInstallation;
    hash: Uint8Array | null;
    expiresAt: number | null;
    doubtedAt: number | null;
  } | null> {
    // Asked at every request of a device, under the scope of everything: that one is not made to join.
    const row = isOverAll(scope)
      ? (await ownerRow(database, { ordinal }))[0]
      : await ownerRows(database)
          .innerJoin("devices", "devices.ordinal", "installations.device")
          .where("installations.ordinal", "=", ordinal)
          .where((builder) => inScope(builder, scope))
          .executeTakeFirst();
    if (!row) return null;
    const { session_hash: hash, session_expires_at: expiresAt, doubted_at: doubtedAt, ...installation } = row;
    return { installation, hash, expiresAt, doubtedAt };
  },
});
