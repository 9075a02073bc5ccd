/** Devices with the same hardware hint, and devices that an admin makes one, in the store. */
import { sql } from "kysely";
import { hint, withHints } from "../records/hints.ts";
import { deviceInScope } from "../store/scope.ts";
import { defineAuditedWrite, defineRead } from "../store/store.ts";
import { mostAlike } from "./alike.ts";
import { type Merged, type Merging, merge, mergedInto, split } from "./merge.ts";

export interface AlikeQuestion {
  readonly limit: number;
  /** The lowest ordinal of the last group before. */
  readonly after: number;
}

/**
 * Ordinals of devices that may be the same, in groups by their hint. Nothing of the hint is told; the digest of its
 * section is equal where the hint is.
 */
export const devicesAlike = defineRead({
  name: "devices-alike",
  async run(database, scope, { limit, after }: AlikeQuestion): Promise<readonly (readonly number[])[]> {
    const first = sql<number>`min(devices.ordinal)`;
    const groups = await withHints(database, scope)
      .select([hint, first.as("first")])
      .groupBy(hint)
      .having((builder) => builder.between(builder.fn.countAll(), 2, mostAlike))
      .having(first, ">", after)
      .orderBy("first")
      .limit(limit)
      .execute();
    if (groups.length === 0) return [];
    const members = await withHints(database, scope)
      .select([hint, "devices.ordinal"])
      .where(
        hint,
        "in",
        groups.map((group) => group.hint),
      )
      .orderBy("devices.ordinal")
      .execute();
    return groups.map((group) =>
      members.flatMap((member) => (member.hint === group.hint ? [member.ordinal] : [])),
    );
  },
});

/** Ordinals of the devices in scope with these ids, those included that nobody goes on for; of unknown ones none. */
export const devicesToMerge = defineRead({
  name: "devices-to-merge",
  async run(database, scope, ids: readonly string[]): Promise<readonly number[]> {
    const rows = await database
      .selectFrom("devices")
      .select("ordinal")
      .where("id", "in", ids)
      .where("merge", "is", null)
      .where((builder) => deviceInScope(builder, scope))
      .execute();
    return rows.map(({ ordinal }) => ordinal);
  },
});

/** Whether something was merged into one of these devices that is outside the scope. */
export const reachesOutside = defineRead({
  name: "reaches-outside",
  async run(database, scope, devices: readonly number[]): Promise<boolean> {
    const hidden: number[] = [];
    for (const device of devices) hidden.push(...(await mergedInto(database, device)));
    if (hidden.length === 0) return false;
    const within = await database
      .selectFrom("devices")
      .select("ordinal")
      .where("ordinal", "in", hidden)
      .where((builder) => deviceInScope(builder, scope))
      .execute();
    return within.length < hidden.length;
  },
});

/** Makes devices one. */
export const mergeDevices = defineAuditedWrite({
  name: "merge-devices",
  subjectOf: (_: Merging, { device }: Merged) => `device:${device}`,
  run: (transaction, merging: Merging, { current }): Promise<Merged> => merge(transaction, merging, current),
});

/** Undoes the latest merge of a device; null when there is none. */
export const splitDevice = defineAuditedWrite({
  name: "split-device",
  subjectOf: (device: number, done: Merged | null) => (done ? `device:${device}` : null),
  run: (transaction, device: number): Promise<Merged | null> => split(transaction, device),
});
