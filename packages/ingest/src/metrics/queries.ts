/** What is counted in the store for those who watch the server. */
import { sql } from "kysely";
import type { DeviceState, Quiet } from "../inventory/device-state.ts";
import { isOverAll } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";

export type DevicesByState = Readonly<Record<DeviceState, number>>;

const none: DevicesByState = { active: 0, stale: 0, silent: 0, "in-doubt": 0, retired: 0 };

/** How many of the devices that are listed are in each state, as `deviceState` has them. */
export const devicesByState = defineRead({
  name: "devices-by-state",
  async run(
    database,
    scope,
    { now, stale, silent }: Quiet & { readonly now: number },
  ): Promise<DevicesByState> {
    if (!isOverAll(scope)) return none;
    const rows = await database
      .selectFrom("devices")
      .innerJoin("installations", "installations.device", "devices.ordinal")
      .where("devices.merge", "is", null)
      .select((builder) => [
        sql<DeviceState>`case
          when devices.retired_at is not null then 'retired'
          when installations.doubted_at is not null then 'in-doubt'
          when devices.last_seen_at <= ${now - silent} then 'silent'
          when devices.last_seen_at <= ${now - stale} then 'stale'
          else 'active' end`.as("state"),
        builder.fn.countAll<number>().as("devices"),
      ])
      .groupBy("state")
      .execute();
    return { ...none, ...Object.fromEntries(rows.map(({ state, devices }) => [state, devices])) };
  },
});
