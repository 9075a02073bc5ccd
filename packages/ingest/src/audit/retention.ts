/** What of the audit log is old enough is cut off at its beginning; a signed checkpoint stands in its place. */
import { signCanonical } from "@rollcall/protocol";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { protocolScope } from "../store/scope.ts";
import { cutLog } from "./log.ts";
import { lastEntryBefore } from "./queries.ts";

/** Cuts every entry older than `before` and tells the number of the last one cut, null where there was none. */
export async function cutAuditLog(
  { store, keys, now }: Pick<Services, "store" | "keys" | "now">,
  before: number,
): Promise<number | null> {
  const last = await store.read(lastEntryBefore, protocolScope, before);
  if (last === null) return null;
  const server = keys.identity.publicKey;
  const statement = { use: "audit-checkpoint", server, ...last, at: isoTime(now()) } as const;
  await store.commit([cutLog({ ...statement, signature: signCanonical(keys.identity, statement) })]);
  return last.number;
}
