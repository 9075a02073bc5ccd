/** Countries and fixed places in the store. */

import { grantsIn } from "../store/grant-columns.ts";
import { inScope } from "../store/scope.ts";
import { defineAuditedWrite, defineRead, defineWrite } from "../store/store.ts";
import { isLocated, locationSection } from "./granted.ts";

interface CountryInput {
  readonly installation: number;
  readonly country: string;
  readonly at: number;
}

/** Stores an installation's country, unless its place was withdrawn meanwhile. */
export const storeCountry = defineWrite({
  name: "store-country",
  async run(transaction, { installation, country, at }: CountryInput): Promise<void> {
    const row = await transaction
      .selectFrom("installations")
      .select("grants")
      .where("ordinal", "=", installation)
      .executeTakeFirst();
    if (!row || !isLocated(grantsIn(row.grants, "installations.grants"))) return;
    const known = { section: locationSection, country, since: at };
    await transaction
      .insertInto("countries")
      .values({ installation, ...known })
      .onConflict((conflict) => conflict.column("installation").doUpdateSet(known))
      .execute();
  },
});

/** A device in scope, as it has to be known to say where it stands; null when there is none. */
export const deviceToPlace = defineRead({
  name: "device-to-place",
  isPoint: true,
  run: async (database, scope, id: string) =>
    (await database
      .selectFrom("devices")
      .innerJoin("installations", "installations.device", "devices.ordinal")
      .select(["devices.ordinal", "devices.id", "devices.ownership"])
      .where("devices.id", "=", id)
      .where((builder) => inScope(builder, scope))
      .executeTakeFirst()) ?? null,
});

interface PlaceInput {
  readonly device: number;
  /** null takes it back. */
  readonly place: { readonly latitude: number; readonly longitude: number } | null;
  readonly by: string;
  readonly at: number;
}

/** Sets where the organisation says that its device stands. */
export const setPlace = defineAuditedWrite({
  name: "set-place",
  subjectOf: ({ device }: PlaceInput) => `device:${device}`,
  async run(transaction, { device, place, by, at }: PlaceInput): Promise<void> {
    await transaction.deleteFrom("places").where("device", "=", device).execute();
    if (place)
      await transaction
        .insertInto("places")
        .values({ device, ...place, by, at })
        .execute();
  },
});
