/**
 * Devices as answers tell them, written where they are read: as a thousand objects, or one with all its documents, they
 * would hold up the event loop.
 */
import { isoTime } from "../store/columns.ts";
import { defineRead } from "../store/store.ts";
import { deviceDetailView, deviceItem, type Viewing } from "./device-view.ts";
import { deviceDetail, rowsByOrdinal } from "./queries.ts";

type Seen = Omit<Viewing, "scope">;

interface WrittenList {
  /** Of the devices that there are in scope. */
  readonly ordinals: readonly number[];
  /** A JSON array of their items, in the same order. */
  readonly json: Uint8Array;
}

/** In the order of the ordinals given. */
export const writtenDevices = defineRead({
  name: "written-devices",
  async run(
    database,
    scope,
    { ordinals, ...seen }: Seen & { readonly ordinals: readonly number[] },
    context,
  ): Promise<WrittenList> {
    const rows = await rowsByOrdinal(database, scope, ordinals, context);
    return {
      ordinals: rows.map(({ ordinal }) => ordinal),
      json: written(rows.map((row) => deviceItem(row, { scope, ...seen }))),
    };
  },
});

/** One device whole, by its id; null when there is none in scope. */
export const writtenDevice = defineRead({
  name: "written-device",
  async run(
    database,
    scope,
    { id, ...seen }: Seen & { readonly id: string },
    context,
  ): Promise<{ readonly ordinal: number; readonly json: Uint8Array } | null> {
    const device = await deviceDetail.run(database, scope, id, context);
    if (!device) return null;
    const view = deviceDetailView(device, { scope, ...seen });
    return { ordinal: device.ordinal, json: written({ asOf: isoTime(seen.now), ...view }) };
  },
});

const written = (answer: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(answer));
