/**
 * A check-in from lock to schedule: look at the machine under the grants, talk to the server, plan the next one.
 * Whatever happens on the way, the state on the disk is one that the next check-in goes on from.
 */
import { isAgentError, ServerProblem } from "../agent-error.ts";
import { afterAnswer, afterSilence, type Instant, isDue, type Random } from "../schedule.ts";
import type { StateDirectory } from "../state/directory.ts";
import { demandInstallation, type EnrolledState, readEnrolledState } from "../state/enrolled-state.ts";
import { withLock } from "../state/lock.ts";
import { addUsage } from "../state/usage.ts";
import { readAddress } from "../transport/address.ts";
import { type Bytes, type Timeouts, withConnection } from "../transport/connection.ts";
import { ServerApi } from "../transport/server-api.ts";
import { Session } from "../transport/session.ts";
import { Exchange, type Exchanged } from "./exchange.ts";
import type { Collect } from "./found.ts";

export interface CheckInOptions {
  readonly directory: StateDirectory;
  readonly collect: Collect;
  readonly now: () => Instant;
  readonly random: Random;
  /** Seconds of processor since this was last asked, or since the process began. */
  readonly cpuSeconds: () => number;
  readonly agentVersion: string;
  readonly note: (text: string) => void;
  /** Whether to do nothing unless the schedule says that it is time. */
  readonly ifDue: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: Timeouts | undefined;
}

export interface CheckInResult {
  readonly outcome: "unchanged" | "sent" | "not-due" | "deferred";
  readonly intervalSeconds: number;
  readonly sent: readonly string[];
  readonly refused: readonly string[];
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface CheckIn {
  readonly result: CheckInResult;
  /** Why it was deferred. */
  readonly reason?: string;
}

/**
 * Throws `not-enrolled`, `refused`, `receipt-invalid`, `stopped` and the errors of the state. A server that is
 * not reached, or asks to wait, is no error but the outcome `deferred`.
 */
export async function checkIn(options: CheckInOptions): Promise<CheckIn> {
  const { directory, signal } = options;
  demandInstallation(directory);
  return withLock(directory, () => checkInLocked(options), signal ? { signal } : {});
}

async function checkInLocked(options: CheckInOptions): Promise<CheckIn> {
  const { directory, now, random, collect, ifDue, cpuSeconds } = options;
  const state = readEnrolledState(directory, { now: now(), random });
  if (ifDue && !isDue(state.schedule.value, now())) return { result: resultOf("not-due", state) };
  const bytes = { sent: 0, received: 0 };
  try {
    const { grants } = state.consent.value;
    const found = await collect({ grants, ownership: state.installation.value.ownership });
    const exchanged = await exchange(state, options, bytes, (talk) => talk.checkIn(found));
    const { intervalSeconds, submitted } = exchanged;
    state.schedule.replace(afterAnswer(state.schedule.value, { now: now(), random, intervalSeconds }));
    return { result: resultOf(submitted ? "sent" : "unchanged", state, bytes, exchanged) };
  } catch (error) {
    planAfter(error, state, options);
    if (!isAgentError(error, "not-reached", "asked-to-wait")) throw error;
    return { result: resultOf("deferred", state, bytes), reason: error.message };
  } finally {
    addUsage(directory, now(), { bytes: bytes.sent + bytes.received, cpuSeconds: cpuSeconds() });
  }
}

/** Talks to the server of this installation; `bytes` is what that took, also when it failed. */
async function exchange<T>(
  state: EnrolledState,
  { directory, now, agentVersion, note, signal, timeouts }: CheckInOptions,
  bytes: { -readonly [K in keyof Bytes]: Bytes[K] },
  talk: (exchange: Exchange) => Promise<T>,
): Promise<T> {
  const { url, insecureLoopback, server, installation } = state.installation.value;
  const address = readAddress(url, { insecureLoopback });
  return withConnection(address, { signal, ...(timeouts ? { timeouts } : {}) }, async (connection) => {
    try {
      const api = new ServerApi(connection, server);
      const session = new Session(directory, api, installation);
      return await talk(new Exchange({ state, api, session, now, agentVersion, note }));
    } finally {
      Object.assign(bytes, connection.bytes());
    }
  });
}

/** No retry after an answer that made sense, whatever it said; back-off after silence; nothing when stopped. */
function planAfter(error: unknown, { schedule }: EnrolledState, { now, random }: CheckInOptions): void {
  if (isAgentError(error, "stopped", "state-broken", "failed")) return;
  const retryAfterSeconds = error instanceof ServerProblem ? error.facts.retryAfterSeconds : null;
  schedule.replace(
    isAgentError(error, "not-reached")
      ? afterSilence(schedule.value, { now: now(), random })
      : afterAnswer(schedule.value, { now: now(), random, retryAfterSeconds }),
  );
}

function resultOf(
  outcome: CheckInResult["outcome"],
  { schedule }: EnrolledState,
  bytes: Bytes = { sent: 0, received: 0 },
  { sent, refused }: Pick<Exchanged, "sent" | "refused"> = { sent: [], refused: [] },
): CheckInResult {
  const { intervalSeconds } = schedule.value;
  return { outcome, intervalSeconds, sent, refused, bytesSent: bytes.sent, bytesReceived: bytes.received };
}
