/** Possible duplicates, and devices that an admin makes one or takes apart again. */
import { deviceIdSchema, RollcallError } from "@rollcall/protocol";
import { z } from "zod";
import { accountScope, type CallingAccount } from "../accounts/caller.ts";
import { type Route, route } from "../http/route.ts";
import { deviceItem } from "../inventory/answers.ts";
import { deviceItemsByOrdinal } from "../inventory/device-items.ts";
import { Cursors } from "../search/cursor.ts";
import { paging } from "../search/questions.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { undoable } from "./merge.ts";
import { devicesAlike, devicesToMerge, mergeDevices, splitDevice } from "./queries.ts";
import { demandAllOf } from "./rules.ts";

const reading = { permission: "inventory.read" } as const;
const merging = { permission: "devices.merge" } as const;
/** Devices that are made one at a time. */
const mostMerged = 20;
const mergeBody = z.strictObject({ with: z.array(deviceIdSchema).min(1).max(mostMerged) });

const ids = z.array(deviceIdSchema);
const merged = z.strictObject({ id: deviceIdSchema, merged: ids, undoUntil: z.iso.datetime() });
const taken = z.strictObject({ id: deviceIdSchema, split: ids });
const duplicates = z.strictObject({
  asOf: z.iso.datetime(),
  items: z.array(z.strictObject({ devices: z.array(deviceItem) })),
  next: z.string().nullable(),
});

export function copyRoutes(services: Services): readonly Route[] {
  const { keys, config, store, now } = services;
  const cursors = new Cursors(keys.identity, config["search.cursorHours"]);
  return [
    route({
      method: "GET",
      path: "/api/v1/duplicates",
      access: reading,
      query: z.strictObject(paging(config)),
      answers: { 200: duplicates },
      async handle({ query: { limit, cursor } }, caller) {
        const scope = accountScope(caller);
        const asOf = isoTime(now());
        const question = { duplicates: true, scope };
        const after = cursor === undefined ? 0 : cursors.read(cursor, question, z.int(), now());
        const groups = await store.read(devicesAlike, scope, { limit: limit + 1, after });
        const shown = groups.slice(0, limit);
        const items = await Promise.all(
          shown.map(async (ordinals) => ({
            devices: await deviceItemsByOrdinal(services, caller, ordinals),
          })),
        );
        const last = groups.length > limit ? shown.at(-1)?.[0] : undefined;
        const next = last === undefined ? null : cursors.write(question, last, now());
        return { status: 200, body: { asOf, items, next } };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/devices/:id/merge",
      access: merging,
      audit: "device.merge",
      answers: { 200: merged },
      body: { schema: mergeBody, limit: 16_384 },
      async handle({ params, body }, caller, change) {
        const ids = [...new Set([readDeviceId(params.id), ...body.with])];
        const devices = await ordinalsOf(services, caller, ids);
        if (devices.length < 2)
          throw new RollcallError("invalid-request", { detail: "A device is merged with another one." });
        const at = now();
        const { id, others } = await change(mergeDevices({ devices, at, by: caller.name }));
        return { status: 200, body: { id, merged: others, undoUntil: isoTime(at + undoable) } };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/devices/:id/split",
      access: merging,
      audit: "device.split",
      answers: { 200: taken },
      async handle({ params }, caller, change) {
        const [device = 0] = await ordinalsOf(services, caller, [readDeviceId(params.id)]);
        const done = await change(splitDevice(device));
        if (!done) throw new RollcallError("not-merged");
        return { status: 200, body: { id: done.id, split: done.others } };
      },
    }),
  ];
}

const unknown = () => new RollcallError("not-found", { detail: "There is no device with this id." });

function readDeviceId(id: string | undefined): string {
  const read = deviceIdSchema.safeParse(id);
  if (!read.success) throw unknown();
  return read.data;
}

/** Ordinals of these devices; what is not in scope is not there. */
async function ordinalsOf(
  services: Services,
  caller: CallingAccount,
  ids: readonly string[],
): Promise<readonly number[]> {
  const ordinals = await services.store.read(devicesToMerge, accountScope(caller), ids);
  if (ordinals.length < ids.length) throw unknown();
  await demandAllOf(services, caller, ordinals);
  return ordinals;
}
