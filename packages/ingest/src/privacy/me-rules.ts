/** What the person at a device may read and say of it, and what the server signs for them. */
import {
  type CorrectionAnswer,
  type CorrectionRequest,
  type ReceiptsAnswer,
  RollcallError,
  signReceipt,
  stateDigest,
} from "@rollcall/protocol";
import type { CallingInstallation } from "../accounts/caller.ts";
import { ownDevice } from "../inventory/own-device.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { installationScope } from "../store/scope.ts";
import { storeCorrection } from "./correction-queries.ts";
import { ownRecord, ownStates } from "./me-queries.ts";

/** Everything that is stored of the device now, and who stores it under which policy. */
export async function ownView(services: Services, caller: CallingInstallation) {
  const { store, config, policy, keys } = services;
  const record = await store.read(ownRecord, installationScope(caller.ordinal), caller.ordinal);
  return {
    installation: caller.id,
    enrolledAt: isoTime(record.enrolledAt),
    server: keys.identity.publicKey,
    organisation: { name: config["organisation.name"], contact: config["organisation.contact"] },
    policy,
    ...(await ownDevice(services, caller, record.device)),
  };
}

/** Receipts for what the server holds now: the consent as it was signed, the state signed anew. */
export async function ownReceipts(
  { store, keys, policy, now }: Services,
  { ordinal, id }: CallingInstallation,
): Promise<ReceiptsAnswer> {
  const scope = installationScope(ordinal);
  const [record, states] = await Promise.all([
    store.read(ownRecord, scope, ordinal),
    store.read(ownStates, scope, ordinal),
  ]);
  const { counter, consent, consentReceipt } = record;
  const statement = {
    use: "receipt" as const,
    server: keys.identity.publicKey,
    installation: id,
    counter,
    stateDigest: stateDigest(states),
    consentNumber: consent.consentNumber,
    policyDigest: consent.grants[0]?.policyDigest ?? policy.digest,
    at: isoTime(now()),
    sections: states,
  };
  return {
    receiptKey: keys.announcement,
    consent: consentReceipt,
    // Before its first check-in a device has told nothing that could be signed for.
    state: counter === 0 ? null : signReceipt(keys.receipt, statement),
  };
}

/** Keeps what the person says instead of a collected value, or takes that back. */
export async function correct(
  { store, now }: Services,
  { ordinal, device }: CallingInstallation,
  request: CorrectionRequest,
): Promise<CorrectionAnswer> {
  const [outcome] = await store.commit([storeCorrection({ ordinal, device, request, at: now() })]);
  if ("errors" in outcome)
    throw new RollcallError("invalid-request", {
      detail: outcome.errors[0]?.detail ?? "This cannot be corrected.",
      errors: outcome.errors,
    });
  return outcome;
}
