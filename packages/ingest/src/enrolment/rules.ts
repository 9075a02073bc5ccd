/** How a device is let in and gets its sessions: proof, token, installation, session. */
import {
  type Application,
  agentApplication,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  type ProblemCode,
  RollcallError,
  type SessionAnswer,
} from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { refuseDoubted } from "../copies/doubt.ts";
import type { Incoming } from "../http/route.ts";
import { demandProof } from "../identity/proofs.ts";
import { hashSecret, newSession } from "../identity/secrets.ts";
import { refusePending } from "../privacy/pending.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import type { Schema } from "../store/schema.ts";
import { protocolScope } from "../store/scope.ts";
import { anyKnownApplication, knownApplications } from "./application-queries.ts";
import { asksOf } from "./asks.ts";
import { type Admission, type Enrolled, enrol } from "./queries.ts";
import { installationKey, setSession } from "./session-queries.ts";
import { enrolSuccessor } from "./succession-queries.ts";
import { tokenExists } from "./token-queries.ts";

async function startSession({ store, config, now }: Services, ordinal: number): Promise<SessionAnswer> {
  const { session, hash } = newSession(ordinal);
  const expiresAt = now() + config["sessions.hours"] * 3_600_000;
  const [given] = await store.commit([setSession({ ordinal, hash, expiresAt })]);
  if (!given) throw new RollcallError("session-invalid");
  return { session, expiresAt: isoTime(expiresAt) };
}

/** Enrols a device, with a token or as a successor. */
export async function enrolDevice(
  services: Services,
  incoming: Incoming<unknown, EnrolmentRequest>,
): Promise<EnrolmentAnswer> {
  const { token, succeeds } = incoming.body;
  const enrolled =
    succeeds === undefined
      ? await admitWithToken(services, incoming, token ?? "")
      : await admitSuccessor(services, incoming, succeeds);
  if ("refused" in enrolled) throw refusal(enrolled.refused);
  return answerTo(services, enrolled);
}

/** What is full by the hour is worth another try in one. */
function refusal(code: ProblemCode): RollcallError {
  return new RollcallError(code, code === "too-many-successors" ? { retryAfterSeconds: 3_600 } : {});
}

/** Nothing of the proof is looked at before the token is found. */
async function admitWithToken(
  services: Services,
  incoming: Incoming<unknown, EnrolmentRequest>,
  token: string,
): Promise<Admission> {
  const { store } = services;
  const { key, applications } = incoming.body;
  const tokenHash = hashSecret(token);
  if (!(await store.read(tokenExists, protocolScope, tokenHash))) throw new RollcallError("token-unknown");
  demandProof(services, incoming, { use: "enrol", key });
  await refuseStrangers(services, applications);
  const [admission] = await store.commit([
    enrol({ tokenHash, policyDigest: services.policy.digest, ...newcomer(services, incoming.body) }),
  ]);
  return admission;
}

/** Who holds the key of an installation needs no token to go on under another one; the first is in doubt from then on. */
async function admitSuccessor(
  services: Services,
  incoming: Incoming<unknown, EnrolmentRequest>,
  succeeds: string,
): Promise<Admission> {
  const { store } = services;
  const { key, applications } = incoming.body;
  const predecessor = await store.read(installationKey, protocolScope, succeeds);
  if (!predecessor) throw await unknownInstallation(services, succeeds);
  demandProof(
    services,
    incoming,
    { use: "enrol", key },
    { use: "succeed", key: predecessor.key, installation: succeeds },
  );
  if (key === predecessor.key)
    throw new RollcallError("invalid-request", {
      detail: "A successor has a key of its own.",
      errors: [{ pointer: "/key", detail: "is that of the installation that it succeeds" }],
    });
  await refuseStrangers(services, applications);
  const [admission] = await store.commit([
    enrolSuccessor({
      succeeds: predecessor.ordinal,
      bounds: {
        atOnce: services.config["enrolments.successors"],
        anHour: services.config["enrolments.successorsPerHour"],
      },
      ...newcomer(services, incoming.body),
    }),
  ]);
  return admission;
}

const newcomer = ({ accepts, now }: Services, { key, applications }: EnrolmentRequest) => ({
  key,
  applications,
  acceptsDigest: accepts.digest,
  at: now(),
});

async function answerTo(services: Services, enrolled: Enrolled): Promise<EnrolmentAnswer> {
  const { policy, config } = services;
  const { session } = await startSession(services, enrolled.ordinal);
  const { installation, device, ownership, grants } = enrolled;
  const asks = await asksOf(services, enrolled.ordinal);
  return {
    installation,
    device,
    session,
    ownership,
    grants: [...grants],
    ...(asks.length > 0 ? { asks: asks.map((ask) => ({ ...ask, purposes: [...ask.purposes] })) } : {}),
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
async function refuseStrangers({ store }: Services, applications: readonly Application[]): Promise<void> {
  const numbers = applications.map(({ number }) => number);
  if (numbers.includes(agentApplication)) return;
  if (!(await store.read(anyKnownApplication, protocolScope, numbers)))
    throw new RollcallError("application-unknown");
}

async function unknownInstallation(services: Services, installation: string): Promise<RollcallError> {
  if (services.ledger.isDeleted(installation)) return new RollcallError("device-deleted");
  await refusePending(services, installation);
  return new RollcallError("session-invalid", { detail: "This server does not know the installation." });
}

export async function newSessionFor(
  services: Services,
  incoming: Incoming<unknown, { installation: string }>,
): Promise<SessionAnswer> {
  const { installation } = incoming.body;
  const found = await services.store.read(installationKey, protocolScope, installation);
  if (!found) throw await unknownInstallation(services, installation);
  demandProof(services, incoming, { use: "session", key: found.key, installation });
  if (found.retired) throw new RollcallError("device-retired");
  // One in doubt gets a session to learn that at its check-in; for a former one there is nothing to check in to.
  if (found.isFormer) refuseDoubted(found);
  return startSession(services, found.ordinal);
}
