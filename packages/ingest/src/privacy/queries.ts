/** Devices and their end in the store. */
import { mergedInto } from "../copies/merge.ts";
import { deviceInScope } from "../store/scope.ts";
import { defineAuditedWrite, defineRead } from "../store/store.ts";
import type { Removed } from "./forget.ts";
import { type Removal, remove } from "./remove.ts";

/** The ordinal of a device in scope, whether or not anybody goes on for it, or null. */
export const deviceOrdinal = defineRead({
  name: "device-ordinal",
  isPoint: true,
  async run(database, scope, id: string): Promise<number | null> {
    const row = await database
      .selectFrom("devices")
      .select("devices.ordinal")
      .where("devices.id", "=", id)
      .where("merge", "is", null)
      .where((builder) => deviceInScope(builder, scope))
      .executeTakeFirst();
    return row?.ordinal ?? null;
  },
});

interface Retirement {
  readonly device: number;
  /** null takes it back. */
  readonly at: number | null;
}

/** Ends the sessions of a device and of what was merged into it and lets them have no other, or takes that back. The device stays listed. */
export const retire = defineAuditedWrite({
  name: "retire-device",
  subjectOf: ({ device }: Retirement) => `device:${device}`,
  async run(transaction, { device, at }: Retirement): Promise<void> {
    const devices = [device, ...(await mergedInto(transaction, device))];
    await transaction
      .updateTable("devices")
      .set((expression) => ({
        retired_at: at === null ? null : expression.fn.coalesce("retired_at", expression.val(at)),
      }))
      .where("ordinal", "in", devices)
      .execute();
    if (at === null) return;
    await transaction
      .updateTable("installations")
      .set({ session_hash: null, session_expires_at: null })
      .where("device", "in", devices)
      .execute();
  },
});

/** Removes a device, and what goes with it, with everything that is kept of it. */
export const removeDevice = defineAuditedWrite({
  name: "remove-device",
  subjectOf: ({ device }: Removal, removed: Removed) => (removed.devices ? `device:${device}` : null),
  run: (transaction, removal: Removal): Promise<Removed> => remove(transaction, removal),
});
