/** What of the audit log is old enough is cut off at the beginning of each chain; a signed checkpoint stands in its place. */
import { signCanonical } from "@rollcall/protocol";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { protocolScope } from "../store/scope.ts";
import { type Link, signedCheckpoint } from "./chain.ts";
import { cutLog } from "./log.ts";
import { lastEntriesBefore } from "./queries.ts";

/** Cuts every entry older than `before` and tells the last one cut of each chain where there were some. */
export async function cutAuditLog(
  { store, keys, now }: Pick<Services, "store" | "keys" | "now">,
  before: number,
): Promise<readonly Link[]> {
  const last = await store.read(lastEntriesBefore, protocolScope, before);
  const server = keys.identity.publicKey;
  for (const link of last) {
    const checkpoint = { use: "audit-checkpoint", server, ...link, at: isoTime(now()) } as const;
    const signature = signCanonical(keys.identity, signedCheckpoint(checkpoint));
    await store.commit([cutLog({ ...checkpoint, signature })]);
  }
  return last;
}
