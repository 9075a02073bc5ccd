/** Who gives a grant, as it is recorded: the OS account, whether a person sat there, when, under which policy. */
import type { Giver, PolicyName } from "@rollcall/protocol";
import type { Instant } from "../schedule.ts";

interface Caller {
  readonly account: () => string;
  readonly interactive: boolean;
  readonly now: () => Instant;
}

export function giverOf({ account, interactive, now }: Caller, policy: PolicyName): Giver {
  return { by: account(), interactive, at: new Date(now()).toISOString(), policyDigest: policy.digest };
}
