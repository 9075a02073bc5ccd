/** What other domains ask of doubts and merges. */
import { RollcallError } from "@rollcall/protocol";
import { accountScope, type CallingAccount } from "../accounts/caller.ts";
import type { Services } from "../services.ts";
import { endedAtOnce, endMerges, endRecords } from "./ended.ts";
import { reachesOutside } from "./queries.ts";
import { type DoubtPlace, settleDoubts } from "./settle.ts";
import { patience } from "./verdict.ts";

/** What the server does by itself: it settles the doubts that can be, whether or not anybody checks in; in slices. */
export async function tendDoubts({
  store,
  config,
  now,
}: Pick<Services, "store" | "config" | "now">): Promise<void> {
  const at = now();
  const settling = { at, patience: patience(config) };
  for (let after: DoubtPlace | null = null; ; ) {
    [after] = await store.commit([settleDoubts({ ...settling, after })]);
    if (after === null) break;
  }
  for (let after: number | null = 0; after !== null; )
    [after] = await store.commit([endMerges({ at, after })]);
  for (let ended = endedAtOnce; ended === endedAtOnce; ) [ended] = await store.commit([endRecords(at)]);
}

/** What becomes of devices becomes of all that was merged into them: throws unless the caller may decide on all of it. */
export async function demandAllOf(
  { store }: Pick<Services, "store">,
  caller: CallingAccount,
  devices: readonly number[],
): Promise<void> {
  if (await store.read(reachesOutside, accountScope(caller), devices))
    throw new RollcallError("not-permitted", {
      detail: "Something of another group was merged into it; who may decide on both can take that apart.",
    });
}
