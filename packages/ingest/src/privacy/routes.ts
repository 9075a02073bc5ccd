/** The end of a device: retired, it is listed still and does not check in; deleted, nothing of it is left. */
import { deviceIdSchema, RollcallError } from "@rollcall/protocol";
import { z } from "zod";
import { accountScope, type CallingAccount } from "../accounts/caller.ts";
import { demandAllOf } from "../copies/rules.ts";
import { type Route, route } from "../http/route.ts";
import type { Services } from "../services.ts";
import { deviceOrdinal, retire } from "./queries.ts";
import { dueForRetention, runRetention } from "./retention.ts";
import { deleteDevice } from "./rules.ts";

const retiring = { permission: "devices.retire" } as const;
const keeping = { permission: "retention.run" } as const;
const nothing = z.strictObject({});
const deleting = { permission: "devices.delete" } as const;

/** How many rows, by where they are. */
const counts = z.record(z.string(), z.int());
const deleted = z.strictObject({ deleted: z.literal(true), removed: counts });

export function privacyRoutes(services: Services): readonly Route[] {
  const { now } = services;
  return [
    route({
      method: "POST",
      path: "/api/v1/devices/:id/retire",
      access: retiring,
      audit: "device.retire",
      answers: { 200: z.strictObject({ retired: z.literal(true) }) },
      async handle({ params }, caller, change) {
        const device = await ordinalOf(services, caller, params.id);
        await change(retire({ device, at: now() }));
        return { status: 200, body: { retired: true } };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/devices/:id/retire",
      access: retiring,
      audit: "device.undo-retire",
      answers: { 200: z.strictObject({ retired: z.literal(false) }) },
      async handle({ params }, caller, change) {
        const device = await ordinalOf(services, caller, params.id);
        await change(retire({ device, at: null }));
        return { status: 200, body: { retired: false } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/retention",
      access: keeping,
      answers: { 200: z.strictObject({ due: counts }) },
      handle: async () => ({ status: 200, body: { due: await dueForRetention(services) } }),
    }),
    route({
      method: "POST",
      path: "/api/v1/retention",
      access: keeping,
      audit: "retention.run",
      answers: { 200: z.strictObject({ removed: counts }) },
      body: { schema: nothing, limit: 1_024 },
      handle: async (_incoming, _caller, change) => ({
        status: 200,
        body: { removed: await runRetention(services, change) },
      }),
    }),
    route({
      method: "DELETE",
      path: "/api/v1/devices/:id",
      access: deleting,
      audit: "device.delete",
      answers: { 200: deleted },
      async handle({ params }, caller, change) {
        const device = await ordinalOf(services, caller, params.id);
        const removed = await deleteDevice(services, device, change);
        return { status: 200, body: { deleted: true, removed } };
      },
    }),
  ];
}

/** The device that the address names, if the caller may know of it. */
async function ordinalOf(
  services: Services,
  caller: CallingAccount,
  id: string | undefined,
): Promise<number> {
  const read = deviceIdSchema.safeParse(id);
  const { store } = services;
  const ordinal = read.success ? await store.read(deviceOrdinal, accountScope(caller), read.data) : null;
  if (ordinal === null) throw new RollcallError("not-found", { detail: "There is no device with this id." });
  await demandAllOf(services, caller, [ordinal]);
  return ordinal;
}
