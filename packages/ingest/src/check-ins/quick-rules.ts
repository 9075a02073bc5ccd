/**
 * Check-ins of devices of which nothing is wanted and for which there is no news, nearly all of them: decided by what is
 * in memory, with no statement but the one that enters those of a transaction in the log. Whatever is not as it was goes
 * the usual way (`checkIn`), which decides by the row.
 */
import type { CheckInAnswer, CheckInRequest } from "@rollcall/protocol";
import type { QuickCaller, QuickHandler } from "../http/route.ts";
import type { Services } from "../services.ts";
import { nonceMark, plainAnswer } from "../store/quick-check-in.ts";
import { protocolScope } from "../store/scope.ts";
import type { QuickCheckIns } from "../store/store.ts";
import { knownInstallation } from "./known-installation-queries.ts";
import { KnownInstallations } from "./known-installations.ts";
import { announcements, checkIn } from "./rules.ts";

/** null where each check-in has to be asked of the database. */
export function quickCheckIns(services: Services): QuickHandler<CheckInRequest> | null {
  const { quick } = services.store;
  if (!quick) return null;
  const known = new KnownInstallations();
  return {
    callerOf: (session) => callerOf(services, { quick, known }, session),
    async handle({ body, address }, caller) {
      const answer = await answerTo(services, { quick, known }, { caller, body, address });
      if (!answer) return { status: 200, body: await checkIn(services, caller, body, address) };
      return { status: 200, body: { ...answer, ...announcements(services) } };
    },
  };
}

interface Memory {
  readonly quick: QuickCheckIns;
  readonly known: KnownInstallations;
}

async function callerOf(
  services: Services,
  { quick, known }: Memory,
  { ordinal, hash }: { readonly ordinal: number; readonly hash: Uint8Array },
): Promise<QuickCaller | null> {
  const now = services.now();
  const version = quick.versionOf(ordinal);
  const found = (device: number) => (device === 0 ? null : { ordinal, device, version });
  const caller = found(known.deviceOf(ordinal, version, { hash, now }));
  // Another session than the one that is known is not worth asking for: the usual way tells what is wrong with it.
  if (caller || known.has(ordinal, version)) return caller;
  const { policy, accepts, store } = services;
  const asked = { ordinal, policy: policy.digest, accepts: accepts.digest };
  const read = await store.read(knownInstallation, protocolScope, asked);
  if (!read) return null;
  // As of the version before it was read: what changed meanwhile has another.
  known.put(read, version);
  return found(known.deviceOf(ordinal, version, { hash, now }));
}

interface Asked {
  readonly caller: QuickCaller;
  readonly body: CheckInRequest;
  readonly address: string | undefined;
}

/** null where it cannot be decided here. */
async function answerTo(
  services: Services,
  { quick, known }: Memory,
  { caller: { ordinal, version }, body, address }: Asked,
): Promise<CheckInAnswer | null> {
  const { counter, nonce, readings } = body;
  const before = readings === undefined ? known.asBefore(ordinal, version, body) : null;
  if (!before || !(await isWhereItWas(services, before, address))) return null;
  const later = quick.current.later({ ordinal, counter: before.counter });
  const mark = nonceMark(nonce);
  if (later?.counter === counter) return later.mark === mark ? plainAnswer(later.intervalSeconds) : null;
  const step = counter - (later?.counter ?? before.counter);
  if (step < 1 || step > services.config["check-ins.counterJump"]) return null;
  const intervalSeconds = services.config["check-ins.intervalSeconds"];
  const checkIn = { installation: ordinal, counter, mark, at: services.now(), intervalSeconds };
  if (!quick.current.takes(checkIn)) return null;
  return (await quick.commit({ checkIn, version })) ? plainAnswer(intervalSeconds) : null;
}

/** Whether nothing has to be noted of the country that it checks in from. */
async function isWhereItWas(
  { countries }: Services,
  { isLocated, country }: { readonly isLocated: boolean; readonly country: string | null },
  address: string | undefined,
): Promise<boolean> {
  if (!isLocated) return true;
  const now = await countries.of(address);
  return now === null || now === country;
}
