/** What ends a device's stay: the one rule by which it is deleted, whoever asked for it. */
import type { Change } from "../audit/change.ts";
import type { Services } from "../services.ts";
import type { Removed } from "./forget.ts";
import { removeDevice } from "./queries.ts";

/**
 * Deletes a device (by its ordinal) with everything that is kept of it. Done when this resolves: nothing of it is left
 * in any file of the server. Throws `busy` when something still reads what was there; then it has to be called again,
 * and a device that is gone already is deleted once more without harm.
 */
export async function deleteDevice({ store }: Services, device: number, change: Change): Promise<Removed> {
  const removed = await change(removeDevice(device));
  await store.scrub();
  return removed;
}
