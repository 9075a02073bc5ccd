/** Devices and their end in the store. */
import { inScope } from "../store/scope.ts";
import { defineAuditedWrite, defineRead } from "../store/store.ts";
import { forgetDevice, type Removed } from "./forget.ts";

/** The ordinal of a device in scope, or null. */
export const deviceOrdinal = defineRead({
  name: "device-ordinal",
  async run(database, scope, id: string): Promise<number | null> {
    const row = await database
      .selectFrom("devices")
      .innerJoin("installations", "installations.device", "devices.ordinal")
      .select("devices.ordinal")
      .where("devices.id", "=", id)
      .where((builder) => inScope(builder, scope))
      .executeTakeFirst();
    return row?.ordinal ?? null;
  },
});

/** Removes a device with everything that is kept of it. */
export const removeDevice = defineAuditedWrite({
  name: "remove-device",
  subjectOf: (device: number) => `device:${device}`,
  run: (transaction, device: number): Promise<Removed> => forgetDevice(transaction, device),
});
