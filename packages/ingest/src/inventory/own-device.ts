/** A device as the person at it sees it: everything that is stored of it, nothing masked. */
import type { CallingInstallation } from "../accounts/caller.ts";
import type { Services } from "../services.ts";
import { installationScope } from "../store/scope.ts";
import { quietOf } from "./device-state.ts";
import { deviceDetailView } from "./device-view.ts";
import { deviceDetail } from "./queries.ts";

/** The calling installation's device, by its id. */
export async function ownDevice(
  { store, now, config }: Services,
  { ordinal }: CallingInstallation,
  id: string,
) {
  const scope = installationScope(ordinal);
  const device = await store.read(deviceDetail, scope, id);
  if (!device) throw new Error(`installation ${ordinal} has no device ${id}`);
  return deviceDetailView(device, { scope, now: now(), quiet: quietOf(config) });
}
