/** How a device is let in and gets its sessions: proof, token, installation, session. */
import {
  agentApplication,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  RollcallError,
  type SessionAnswer,
} from "@rollcall/protocol";
import type { Kysely } from "kysely";
import type { Incoming } from "../http/route.ts";
import { demandProof } from "../identity/proofs.ts";
import { hashSecret, newSession } from "../identity/secrets.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import type { Schema } from "../store/schema.ts";
import { protocolScope } from "../store/scope.ts";
import {
  enrol,
  installationKey,
  knownApplications,
  listApplications,
  setSession,
  tokenExists,
} from "./queries.ts";

async function startSession({ store, config, now }: Services, ordinal: number): Promise<SessionAnswer> {
  const { session, hash } = newSession(ordinal);
  const expiresAt = now() + config["sessions.hours"] * 3_600_000;
  const [given] = await store.commit([setSession({ ordinal, hash, expiresAt })]);
  if (!given) throw new RollcallError("session-invalid");
  return { session, expiresAt: isoTime(expiresAt) };
}

/** Enrols a device. Nothing of the proof is looked at before the token is found. */
export async function enrolDevice(
  services: Services,
  incoming: Incoming<unknown, EnrolmentRequest>,
): Promise<EnrolmentAnswer> {
  const { store, policy, accepts, config, now } = services;
  const { token, key, applications } = incoming.body;
  const tokenHash = hashSecret(token);
  if (!(await store.read(tokenExists, protocolScope, tokenHash))) throw new RollcallError("token-unknown");
  demandProof(services, incoming, { use: "enrol", key });
  await refuseStrangers(
    services,
    applications.map(({ number }) => number),
  );
  const [enrolled] = await store.commit([
    enrol({
      tokenHash,
      key,
      applications,
      policyDigest: policy.digest,
      acceptsDigest: accepts.digest,
      at: now(),
    }),
  ]);
  if ("refused" in enrolled) throw new RollcallError(enrolled.refused);
  const { session } = await startSession(services, enrolled.ordinal);
  const { installation, device, ownership, grants } = enrolled;
  return {
    installation,
    device,
    session,
    ownership,
    grants: [...grants],
    policy,
    intervalSeconds: config["check-ins.intervalSeconds"],
  };
}

/** Those of these application numbers that this server does not know, in their order. The agent's own it always knows. */
export async function unknownApplications(
  database: Kysely<Schema>,
  numbers: readonly string[],
): Promise<string[]> {
  const others = numbers.filter((number) => number !== agentApplication);
  if (others.length === 0) return [];
  const known = await knownApplications(database, others);
  return others.filter((number) => !known.has(number));
}

/** One unknown number fails nothing; only an enrolment with nothing but unknown ones is refused. */
async function refuseStrangers({ store }: Services, numbers: readonly string[]): Promise<void> {
  if (numbers.includes(agentApplication)) return;
  const known = await store.read(listApplications, protocolScope, null);
  if (!known.some(({ number }) => numbers.includes(number))) throw new RollcallError("application-unknown");
}

export async function newSessionFor(
  services: Services,
  incoming: Incoming<unknown, { installation: string }>,
): Promise<SessionAnswer> {
  const { installation } = incoming.body;
  const found = await services.store.read(installationKey, protocolScope, installation);
  if (!found && services.ledger.isDeleted(installation)) throw new RollcallError("device-deleted");
  if (!found)
    throw new RollcallError("session-invalid", { detail: "This server does not know the installation." });
  demandProof(services, incoming, { use: "session", key: found.key, installation });
  if (found.retired) throw new RollcallError("device-retired");
  return startSession(services, found.ordinal);
}
