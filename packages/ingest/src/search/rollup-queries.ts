/** Rollups in the store: how many devices had each value of a field on a day. */
import { z } from "zod";
import { jsonColumn } from "../store/columns.ts";
import { isOverAll } from "../store/scope.ts";
import type { FacetValue } from "../store/search-index.ts";
import { defineRead, defineWrite } from "../store/store.ts";

export interface Rollup {
  /** When it was counted. */
  readonly at: number;
  /** The most frequent first; equal ones by value. */
  readonly items: readonly FacetValue[];
  /** Devices with values that too few have to be named. */
  readonly others: number;
}

export interface CountedRollup extends Rollup {
  readonly field: string;
  /** Days since 1970, UTC. */
  readonly day: number;
}

/** What stands in the place of values that too few have. */
const othersValue = "null";

/** One that another server has counted already stays as it is. */
export const storeRollup = defineWrite({
  name: "store-rollup",
  async run(transaction, { field, day, at, items, others }: CountedRollup): Promise<void> {
    const values = items.map(({ value, devices }) => ({ value: JSON.stringify(value), devices }));
    await transaction
      .insertInto("rollups")
      .values([...values, { value: othersValue, devices: others }].map((row) => ({ field, day, at, ...row })))
      .onConflict((conflict) => conflict.columns(["field", "day", "value"]).doNothing())
      .execute();
  },
});

/** Fields that were counted on a day. */
export const rolledUp = defineRead({
  name: "rolled-up",
  async run(database, scope, day: number): Promise<string[]> {
    if (!isOverAll(scope)) return [];
    const rows = await database
      .selectFrom("rollups")
      .select("field")
      .where("day", "=", day)
      .where("value", "=", othersValue)
      .execute();
    return rows.map(({ field }) => field);
  },
});

const valueSchema = z.union([z.string(), z.number()]);

/** null where there is none of that day, or it is not the caller's to know: it counts every device. */
export const rollupOf = defineRead({
  name: "rollup-of",
  async run(
    database,
    scope,
    { field, day }: { readonly field: string; readonly day: number },
  ): Promise<Rollup | null> {
    if (!isOverAll(scope)) return null;
    const rows = await database
      .selectFrom("rollups")
      .select(["value", "devices", "at"])
      .where("field", "=", field)
      .where("day", "=", day)
      .orderBy("devices", "desc")
      .orderBy("value")
      .execute();
    const others = rows.find(({ value }) => value === othersValue);
    if (!others) return null;
    const items = rows
      .filter(({ value }) => value !== othersValue)
      .map(({ value, devices }) => ({ value: jsonColumn(valueSchema, value, "rollups.value"), devices }));
    return { at: others.at, others: others.devices, items };
  },
});
