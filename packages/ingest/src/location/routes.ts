/** Where an admin says that a device stands. */
import { deviceIdSchema, RollcallError } from "@rollcall/protocol";
import { z } from "zod";
import { accountScope, type CallingAccount } from "../accounts/caller.ts";
import type { Change } from "../audit/change.ts";
import { type Answer, type Route, route } from "../http/route.ts";
import type { Services } from "../services.ts";
import { deviceToPlace, setPlace } from "./queries.ts";

const place = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
});
const answer = z.strictObject({ id: deviceIdSchema, location: place.nullable() });
const setting = { permission: "devices.set" } as const;

export function locationRoutes(services: Services): readonly Route[] {
  return [
    route({
      method: "PUT",
      path: "/api/v1/devices/:id/location",
      access: setting,
      audit: "device.set-location",
      body: { schema: place, limit: 1_024 },
      answers: { 200: answer },
      handle: ({ params, body }, caller, change) => changed(services, caller, params.id, body, change),
    }),
    route({
      method: "DELETE",
      path: "/api/v1/devices/:id/location",
      access: setting,
      audit: "device.clear-location",
      answers: { 200: answer },
      handle: ({ params }, caller, change) => changed(services, caller, params.id, null, change),
    }),
  ];
}

type Place = z.infer<typeof place> | null;

/** Only the organisation's own devices: where a personal one is, its person says. */
async function changed(
  { store, now }: Services,
  caller: CallingAccount,
  typed: string | undefined,
  location: Place,
  change: Change,
): Promise<Answer> {
  const id = deviceIdSchema.safeParse(typed);
  const device = id.success ? await store.read(deviceToPlace, accountScope(caller), id.data) : null;
  if (!device) throw new RollcallError("not-found", { detail: "There is no device with this id." });
  if (device.ownership === "personal")
    throw new RollcallError("not-permitted", {
      detail: "It is a personal device: where it is, is for its person to say (rollcall-agent location set).",
    });
  await change(setPlace({ device: device.ordinal, place: location, by: caller.name, at: now() }));
  return { status: 200, body: { id: device.id, location } };
}
