/** Devices as a list shows them, for routes of other domains; that they were looked at is recorded. */
import { accountScope, type CallingAccount } from "../accounts/caller.ts";
import type { Services } from "../services.ts";
import { quietOf } from "./device-state.ts";
import { deviceItem } from "./device-view.ts";
import { devicesByOrdinal } from "./queries.ts";

/** In the order of the ordinals given; what is not in the caller's scope is left out. */
export async function deviceItemsByOrdinal(
  { store, lookups, config, now }: Services,
  caller: CallingAccount,
  ordinals: readonly number[],
) {
  const scope = accountScope(caller);
  const rows = await store.read(devicesByOrdinal, scope, ordinals);
  lookups.record(
    caller,
    "list",
    rows.map(({ ordinal }) => ordinal),
  );
  return rows.map((row) => deviceItem(row, { scope, now: now(), quiet: quietOf(config) }));
}
