/** Reading many devices without keeping the thread from what else it has to do. */
import { setImmediate } from "node:timers/promises";
import type { Change } from "./indexed-device.ts";

/** Reads devices as they are now, which is as of the entries of the log that told of them, or later. */
export type ReadDevices = (ordinals: readonly number[]) => Promise<readonly Change[]>;

/** Devices read at once. */
const slice = 64;

export async function readInSlices(read: ReadDevices, ordinals: readonly number[]): Promise<Change[]> {
  const changes: Change[] = [];
  for (let from = 0; from < ordinals.length; from += slice) {
    if (from > 0) await setImmediate();
    changes.push(...(await read(ordinals.slice(from, from + slice))));
  }
  return changes;
}
