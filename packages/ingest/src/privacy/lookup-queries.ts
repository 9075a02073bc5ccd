/** Lookups in the store: one row for each device, day, account and kind, however often it looked. */
import type { Purpose } from "@rollcall/protocol";
import { sql } from "kysely";
import type { Role } from "../accounts/roles.ts";
import { inScope } from "../store/scope.ts";
import { defineRead, defineWrite } from "../store/store.ts";

export interface Lookup {
  /** Its ordinal. */
  readonly device: number;
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly account: string;
  readonly role: Role;
  readonly purpose: Purpose;
  readonly what: "list" | "record";
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

/** Adds lookups to what is there. Of a device that was deleted meanwhile nothing is kept. */
export const storeLookups = defineWrite({
  name: "store-lookups",
  async run(transaction, lookups: readonly Lookup[]): Promise<void> {
    const named = lookups.map(({ device }) => device);
    const rows = await transaction
      .selectFrom("devices")
      .select("ordinal")
      .where("ordinal", "in", named)
      .execute();
    const there = new Set(rows.map(({ ordinal }) => ordinal));
    for (const { firstAt, lastAt, ...lookup } of lookups)
      if (there.has(lookup.device))
        await transaction
          .insertInto("lookups")
          .values({ ...lookup, first_at: firstAt, last_at: lastAt })
          .onConflict((conflict) =>
            conflict
              .columns(["device", "day", "account", "role", "purpose", "what"])
              .doUpdateSet({ last_at: lastAt, times: sql`lookups.times + excluded.times` }),
          )
          .execute();
  },
});

/** Who looked at an installation's device, latest first; at most `most` rows. */
export const lookupsOfInstallation = defineRead({
  name: "lookups-of-installation",
  run: (database, scope, { ordinal, most }: { readonly ordinal: number; readonly most: number }) =>
    database
      .selectFrom("lookups")
      .innerJoin("devices", "devices.ordinal", "lookups.device")
      .innerJoin("installations", "installations.device", "devices.ordinal")
      .select(["account", "role", "purpose", "what", "first_at", "last_at", "times"])
      .where("installations.ordinal", "=", ordinal)
      .where((builder) => inScope(builder, scope))
      .orderBy("last_at", "desc")
      .limit(most)
      .execute(),
});
