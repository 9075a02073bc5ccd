/** What of the audit log is old enough is cut off at the beginning of each chain; a signed checkpoint stands in its place. */
import { signCanonical } from "@rollcall/protocol";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { protocolScope } from "../store/scope.ts";
import { type Link, signedCheckpoint } from "./chain.ts";
import { cutLog } from "./log.ts";
import { endOfSlice, lastEntriesBefore } from "./queries.ts";

/** Entries that are cut in one transaction. */
export const cutAtOnce = 500;

/** Cuts every entry older than `before`, in slices, and tells the last one cut of each chain where there were some. */
export async function cutAuditLog(
  services: Pick<Services, "store" | "keys" | "now">,
  before: number,
): Promise<readonly Link[]> {
  const last = await services.store.read(lastEntriesBefore, protocolScope, before);
  for (const link of last) await cutChain(services, link);
  return last;
}

/** After each slice a checkpoint stands in the place of what is cut, so that the log holds together all the time. */
async function cutChain(
  { store, keys, now }: Pick<Services, "store" | "keys" | "now">,
  upTo: Link,
): Promise<void> {
  const server = keys.identity.publicKey;
  for (let cut = 0; cut < upTo.number; ) {
    const link = await store.read(endOfSlice, protocolScope, { upTo, most: cutAtOnce });
    const checkpoint = { use: "audit-checkpoint", server, ...link, at: isoTime(now()) } as const;
    const signature = signCanonical(keys.identity, signedCheckpoint(checkpoint));
    await store.commit([cutLog({ ...checkpoint, signature })]);
    cut = link.number;
  }
}
