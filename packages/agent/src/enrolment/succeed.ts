/**
 * Going on under a new key, after the server has seen this device's identity in two places: a restored snapshot, a
 * copied directory. Nothing of what was sent before comes along but what the person here has granted.
 */
import {
  agentApplication,
  defaultChannel,
  digestOf,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  finenessOf,
  type Grant,
  isAnnouncedBy,
  isConsented,
  type ServerAnswer,
} from "@rollcall/protocol";
import { AgentError, ServerProblem } from "../agent-error.ts";
import { announcedBy, withAnnounced } from "../check-in/announced.ts";
import { firstSchedule, type Instant, type Random } from "../schedule.ts";
import { demandDeviceKey } from "../state/device-key.ts";
import type { EnrolledState } from "../state/enrolled-state.ts";
import type { Consent } from "../state/files.ts";
import { admitSuccession, type Beginnings, dropSuccession, succession } from "../state/succession.ts";
import type { ServerApi } from "../transport/server-api.ts";

export interface SucceedOptions {
  readonly state: EnrolledState;
  readonly os: EnrolmentRequest["os"];
  readonly agentVersion: string;
  readonly now: () => Instant;
  readonly random: Random;
}

/**
 * Enrols as the successor of this installation; the caller holds the lock and has begun the succession. On return the
 * state on the disk is the new installation's. Throws `in-doubt` when the new key is no good either.
 */
export async function succeed(options: SucceedOptions, api: ServerApi): Promise<void> {
  const { state, agentVersion, os } = options;
  const { directory } = state;
  const { installation, applications, server } = state.installation.value;
  const begun = succession(directory, installation);
  if (!begun) throw new Error("a succession has to be begun before it is sent");
  const { answer: told, nonce } = await api.server();
  demandSameServer(told, server);
  const own = { number: agentApplication, version: agentVersion, channel: defaultChannel };
  const request: EnrolmentRequest = {
    succeeds: installation,
    key: begun.key.publicKey,
    applications: [own, ...applications],
    os,
  };
  const old = { key: demandDeviceKey(directory), installation };
  const answer = await api
    .succeed(request, { key: begun.key, nonce }, old)
    .catch((error: unknown) => giveUpKey(error, options));
  admitSuccession(directory, begun, beginnings(options, told, answer));
}

function demandSameServer({ server, receiptKey }: ServerAnswer, expected: string): void {
  if (server === expected && isAnnouncedBy(expected, receiptKey)) return;
  throw new AgentError("failed", "another server answers than the one that this device is enrolled with");
}

/** An answer that came to nobody for too long: the server has ended what this key enrolled. */
function giveUpKey(error: unknown, { state: { directory } }: SucceedOptions): never {
  if (!(error instanceof ServerProblem && error.is("identity-in-doubt"))) throw error;
  dropSuccession(directory);
  throw new AgentError("in-doubt", error.message, error);
}

function beginnings(
  { state, now, random }: SucceedOptions,
  told: ServerAnswer,
  { installation, device, session, ownership, grants, asks = [], policy, intervalSeconds }: EnrolmentAnswer,
): Beginnings {
  const before = state.installation.value;
  if (ownership !== before.ownership)
    throw new AgentError("failed", `the server calls this ${before.ownership} device ${ownership}`);
  return {
    session: { session },
    consent: consentOfBoth(grants, state.consent.value.grants),
    schedule: firstSchedule(now(), intervalSeconds, random),
    installation: withAnnounced(
      {
        ...before,
        installation,
        device,
        policy,
        asks,
        organisation: told.organisation,
        accepts: told.accepts,
      },
      announcedBy(told),
    ),
  };
}

/**
 * What the server stored and the person here has granted: a restored directory knows nothing of what was withdrawn
 * since, and a copied one nothing of what was granted elsewhere. What differs from the server's list waits to be sent.
 */
export function consentOfBoth(stored: readonly Grant[], own: readonly Grant[]): Consent {
  const grants = stored.flatMap((grant) => {
    const here = own.find(
      (each) => each.category === grant.category && isConsented(each) === isConsented(grant),
    );
    return here ? narrower(grant, here) : [];
  });
  const same = digestOf(grants) === digestOf(stored);
  return { consentNumber: same ? 1 : 2, acknowledgedNumber: 1, grants };
}

/** The grant with the coarser level of the two, for the purposes and recipients of both. */
function narrower(one: Grant, other: Grant): Grant[] {
  const purposes = one.purposes.filter((purpose) => other.purposes.includes(purpose));
  const { recipients: _, ...coarser } = finenessOf(one.level) <= finenessOf(other.level) ? one : other;
  const recipients = (one.recipients ?? []).filter((each) => other.recipients?.includes(each));
  if (purposes.length === 0) return [];
  return [{ ...coarser, ...(recipients.length > 0 ? { recipients } : {}), purposes }];
}
