/** What is counted in the store for those who watch the server. */
import { type DeviceState, deviceState, type Quiet } from "../inventory/device-state.ts";
import { isOverAll } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";

export type DevicesByState = Readonly<Record<DeviceState, number>>;

/** Rows read at once. */
const page = 20_000;

/** How many of the devices that are listed are in each state. */
export const devicesByState = defineRead({
  name: "devices-by-state",
  async run(
    database,
    scope,
    { now, ...quiet }: Quiet & { readonly now: number },
    { current },
  ): Promise<DevicesByState> {
    const counts = { active: 0, stale: 0, silent: 0, "in-doubt": 0, retired: 0 };
    if (!isOverAll(scope)) return counts;
    for (let after = -1; ; ) {
      const rows = await database
        .selectFrom("devices")
        .innerJoin("installations", "installations.device", "devices.ordinal")
        .select(["devices.ordinal", "last_seen_at", "retired_at", "doubted_at"])
        .select(["installations.ordinal as installation", "counter"])
        .where("devices.merge", "is", null)
        .where("devices.ordinal", ">", after)
        .orderBy("devices.ordinal")
        .limit(page)
        .execute();
      for (const row of rows) {
        const lastSeenAt = current.laterAt(row.installation, row.counter) ?? row.last_seen_at;
        const device = { lastSeenAt, retiredAt: row.retired_at, inDoubt: row.doubted_at !== null };
        counts[deviceState(device, now, quiet)]++;
      }
      const last = rows.at(-1);
      if (!last || rows.length < page) return counts;
      after = last.ordinal;
    }
  },
});
