/**
 * Enrolment: finds out whether the server is the one that the string names, shows it the device's new key, and
 * keeps what it answers. A lost answer is mended by the same call again: the same key gets its installation again.
 */
import {
  type Application,
  agentApplication,
  basisOf,
  defaultChannel,
  type Enrolment,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  isAnnouncedBy,
  isGrantableUnasked,
  type ServerAnswer,
  type SigningKey,
} from "@rollcall/protocol";
import { AgentError, ServerProblem } from "../agent-error.ts";
import { announcedBy, withAnnounced } from "../check-in/announced.ts";
import { beginConsent } from "../consent/apply.ts";
import { firstSchedule, type Instant, type Random } from "../schedule.ts";
import { makeDeviceKey, readDeviceKey } from "../state/device-key.ts";
import type { StateDirectory } from "../state/directory.ts";
import {
  acknowledgedFile,
  consentFile,
  counterFile,
  type Installation,
  installationFile,
  nothingAcknowledged,
  receiptsFile,
  scheduleFile,
  sessionFile,
} from "../state/files.ts";
import type { ServerApi } from "../transport/server-api.ts";

export interface EnrolOptions {
  readonly directory: StateDirectory;
  readonly enrolment: Enrolment;
  readonly insecureLoopback: boolean;
  /** Besides the agent's own. */
  readonly applications: readonly Application[];
  readonly os: EnrolmentRequest["os"];
  readonly agentVersion: string;
  readonly now: () => Instant;
  readonly random: Random;
}

/** Enrols; the caller holds the lock and has made sure that the device is not enrolled. */
export async function enrol(options: EnrolOptions, api: ServerApi): Promise<Installation> {
  const { enrolment, applications, agentVersion, os } = options;
  const { answer: server, nonce } = await api.server();
  const receiptKey = knownReceiptKey(server, enrolment.server);
  const key = keyFor(options);
  const own = { number: agentApplication, version: agentVersion, channel: defaultChannel };
  const request: EnrolmentRequest = {
    token: enrolment.token,
    key: key.publicKey,
    applications: [own, ...applications],
    os,
  };
  const answer = await api
    .enrol(request, { key, nonce })
    .catch((error: unknown) => forgetCopiedKey(error, options.directory));
  refuseUnaskedGrants(options, answer);
  return keep(options, server, receiptKey, answer);
}

/** A directory that was copied while it enrolled has a key that another device goes on with: the next attempt makes one. */
function forgetCopiedKey(error: unknown, directory: StateDirectory): never {
  if (error instanceof ServerProblem && error.is("identity-in-doubt")) directory.remove(installationFile);
  throw error;
}

/** The server's receipt key. Throws when it is not the server that the enrolment string was made for. */
function knownReceiptKey({ server, receiptKey }: ServerAnswer, expected: string): string {
  if (server !== expected)
    throw new AgentError(
      "failed",
      "the enrolment string is for another server than the one that answers at its address; nothing was sent to it",
    );
  if (!isAnnouncedBy(expected, receiptKey))
    throw new AgentError("failed", "the server's receipt key is not announced by the server's own key");
  return receiptKey.key;
}

function whereOf({ enrolment: { url, server, ca }, insecureLoopback, applications }: EnrolOptions) {
  return {
    url,
    server,
    ...(ca === undefined ? {} : { ca }),
    insecureLoopback,
    applications: [...applications],
  };
}

/** The key of an attempt at this server whose answer was lost, else a new one: no two servers see the same key. */
function keyFor(options: EnrolOptions): SigningKey {
  const { directory, enrolment } = options;
  const begun = directory.read(installationFile);
  const key = begun?.server === enrolment.server ? readDeviceKey(directory) : undefined;
  if (key) return key;
  const made = makeDeviceKey(directory);
  directory.write(installationFile, { state: "enrolling", ...whereOf(options) });
  return made;
}

/**
 * Nobody on the device was asked for anything yet: what comes as granted stands on the ownership's own basis, and on
 * that one. An attempt that brought other grants is forgotten, for the same key would get them again.
 */
function refuseUnaskedGrants({ directory }: EnrolOptions, { grants, ownership }: EnrolmentAnswer): void {
  const wrong = grants.filter(
    (grant) => !isGrantableUnasked(grant, ownership) || grant.basis !== basisOf(grant, ownership),
  );
  if (wrong.length === 0) return;
  directory.remove(installationFile);
  const names = wrong.map(({ category }) => category).join(", ");
  throw new AgentError(
    "failed",
    `the server counts as granted what nobody on this device was asked for: ${names}; this device is not enrolled`,
  );
}

/** Writes the state of a new installation. Its own file comes last: before it, the device is not enrolled. */
function keep(
  options: EnrolOptions,
  server: ServerAnswer,
  receiptKey: string,
  { installation, device, session, ownership, grants, asks = [], policy, intervalSeconds }: EnrolmentAnswer,
): Installation {
  const { directory, now, random } = options;
  directory.write(sessionFile, { session });
  directory.write(counterFile, { counter: 0, nonce: null });
  directory.write(consentFile, { consentNumber: 1, acknowledgedNumber: 1, grants });
  beginConsent(directory, grants);
  directory.write(acknowledgedFile, nothingAcknowledged);
  directory.write(receiptsFile, { sections: [], consent: [], deletions: [] });
  directory.write(scheduleFile, firstSchedule(now(), intervalSeconds, random));
  const { organisation, accepts } = server;
  const enrolled: Installation = withAnnounced(
    {
      state: "enrolled",
      ...whereOf(options),
      installation,
      device,
      ownership,
      receiptKey,
      comingReceiptKeys: [],
      formerReceiptKeys: [],
      organisation,
      policy,
      accepts,
      asks,
    },
    announcedBy(server),
  );
  directory.write(installationFile, enrolled);
  return enrolled;
}
