/** Agreeing to a recipient, or taking that back: a service outside that is told what is around the device, to know where it is. */
import {
  cellResolutions,
  type Giver,
  type Grant,
  grantOf,
  type LocationLevel,
  type Ownership,
  recipientSchema,
  withGrants,
} from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";

/** The address as it stands in the grant. Throws `usage` for what is not https, or has a password in it. */
export function readRecipient(typed: string): string {
  const url = recipientSchema.safeParse(typed);
  if (!url.success || new URL(url.data).username !== "" || new URL(url.data).password !== "")
    throw new AgentError("usage", `a geolocation service is named by its https address, not ${typed}`);
  return url.data;
}

/**
 * The grants with this recipient of the place and no other, or with none. Throws `failed` where the device's own cell
 * is not granted: then nobody outside is asked either.
 */
export function withRecipient(
  grants: readonly Grant[],
  recipient: string | null,
  ownership: Ownership,
  giver: Giver,
): Grant[] {
  const { category, level, purposes } = demandCell(grants);
  const recipients = recipient === null ? {} : { recipients: [recipient] };
  return withGrants(grants, [grantOf({ category, level, purposes, ...recipients }, ownership, giver)]);
}

/** The grant of the device's own cell. Throws `failed` where there is none. */
export function demandCell(grants: readonly Grant[]): Grant & { readonly level: LocationLevel } {
  const given = grants.filter(({ category }) => category === "location");
  for (const grant of given)
    if (grant.level !== undefined && cellResolutions[grant.level] !== null)
      return { ...grant, level: grant.level };
  const how = given.length > 0 ? "granted at country only" : "not granted";
  throw new AgentError(
    "failed",
    `location is ${how}; rollcall-agent consent grant location=city grants it more finely`,
  );
}
