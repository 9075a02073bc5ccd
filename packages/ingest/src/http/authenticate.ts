/**
 * Finds out who calls: a session for a device, a proof for the person at it, an API token or the control socket for
 * an account.
 */
import { RollcallError, readProof } from "@rollcall/protocol";
import type { CallingAccount, CallingInstallation } from "../accounts/caller.ts";
import { accountOfToken } from "../accounts/queries.ts";
import { isOverAllGroups, type Permission, permits } from "../accounts/roles.ts";
import { refuseDoubted } from "../copies/doubt.ts";
import { installationKey, sessionOwner } from "../enrolment/session-queries.ts";
import { demandProof, proofIn } from "../identity/proofs.ts";
import { hashSecret, readSession, sameHash } from "../identity/secrets.ts";
import { deviceDeleted } from "../privacy/deletion-receipt.ts";
import { refusePending } from "../privacy/pending.ts";
import type { Services } from "../services.ts";
import { protocolScope } from "../store/scope.ts";
import type { Incoming } from "./route.ts";

/** Which of the server's doors a request came through; that for `devices` has no API. */
export type Door = "network" | "devices" | "agent-socket" | "control-socket";

function bearer(authorization: string | undefined): string | null {
  const match = /^Bearer ([A-Za-z0-9_.-]{1,256})$/i.exec(authorization ?? "");
  return match?.[1] ?? null;
}

/** The session that a request bears, not looked at any further. */
export const sessionIn = (authorization: string | undefined) => readSession(bearer(authorization) ?? "");

export async function callingInstallation(
  services: Services,
  authorization: string | undefined,
): Promise<CallingInstallation> {
  const session = sessionIn(authorization);
  const owner = session && (await services.store.read(sessionOwner, protocolScope, session.ordinal));
  if (!session || !owner?.hash || !sameHash(owner.hash, session.hash))
    throw new RollcallError("session-invalid");
  if ((owner.expiresAt ?? 0) <= services.now())
    throw new RollcallError("session-invalid", { detail: "The session is over." });
  refuseDoubted(owner);
  return owner.installation;
}

/** An installation that a request says it comes from; nothing of that is proved yet. */
export interface NamedInstallation extends CallingInstallation {
  readonly key: string;
  readonly doubtedAt: number | null;
}

/** The installation that a proof names. Its signature is not looked at before the installation is found. */
export async function installationNamed(
  services: Services,
  incoming: Pick<Incoming<unknown, unknown>, "header">,
): Promise<NamedInstallation> {
  const { installation: id } = readProof(proofIn(incoming)).statement;
  const found = id === undefined ? null : await services.store.read(installationKey, protocolScope, id);
  if (id !== undefined && found) return { ...found, id };
  if (id !== undefined) {
    if (services.ledger.isDeleted(id)) throw deviceDeleted(services, id);
    await refusePending(services, id);
  }
  throw new RollcallError("proof-invalid", { detail: "This server does not know the installation." });
}

/** Whether the request is its own: a proof of use `me`, for this very request. Throws, with a new nonce, when not. */
export function demandOwn(
  services: Services,
  incoming: Incoming<unknown, unknown>,
  { id: installation, key, doubtedAt }: NamedInstallation,
): void {
  demandProof(services, incoming, { use: "me", key, installation });
  refuseDoubted({ doubtedAt });
}

/** The calling account. Who can open the control socket is the operator. */
export async function callingAccount(
  services: Services,
  door: Door,
  authorization: string | undefined,
): Promise<CallingAccount> {
  const token = bearer(authorization);
  if (token === null && door === "control-socket")
    return { name: `os:${services.operator}`, role: "admin", groups: null };
  const account =
    token === null ? null : await services.store.read(accountOfToken, protocolScope, hashSecret(token));
  if (!account || account.revoked || account.expiresAt <= services.now())
    throw new RollcallError("not-signed-in");
  return account.caller;
}

/** Whether an account may do what a route asks for; throws when not. */
export function demandPermission(account: CallingAccount, permission: Permission): void {
  if (!permits(account.role, permission))
    throw new RollcallError("not-permitted", { detail: `The role ${account.role} lacks ${permission}.` });
  if (account.groups !== null && isOverAllGroups(permission))
    throw new RollcallError("not-permitted", {
      detail: `${permission} concerns every group; this token is limited to ${account.groups.join(", ")}.`,
    });
}
