/**
 * A check-in from lock to schedule: look at the machine under the grants, talk to the server, plan the next one.
 * Whatever happens on the way, the state on the disk is one that the next check-in goes on from.
 */
import type { EnrolmentRequest } from "@rollcall/protocol";
import { AgentError, isAgentError, ServerProblem } from "../agent-error.ts";
import { readAgreed, waitingParts } from "../consent/agreed.ts";
import { applyLeftWithdrawals } from "../consent/left-withdrawals.ts";
import { succeed } from "../enrolment/succeed.ts";
import {
  afterAnswer,
  afterEnd,
  afterSilence,
  type Ended,
  endings,
  type Instant,
  isDue,
  type Random,
} from "../schedule.ts";
import type { StateDirectory } from "../state/directory.ts";
import { demandInstallation, type EnrolledState, readEnrolledState } from "../state/enrolled-state.ts";
import { withLock } from "../state/lock.ts";
import { beginSuccession, succession } from "../state/succession.ts";
import { addUsage } from "../state/usage.ts";
import { readAddress } from "../transport/address.ts";
import { type Bytes, withConnection } from "../transport/connection.ts";
import type { Timeouts } from "../transport/one-request.ts";
import { ServerApi } from "../transport/server-api.ts";
import { Session } from "../transport/session.ts";
import { Exchange, type Exchanged } from "./exchange.ts";
import type { Collect, Found } from "./found.ts";

export interface CheckInOptions {
  readonly directory: StateDirectory;
  readonly collect: Collect;
  readonly now: () => Instant;
  readonly random: Random;
  /** Seconds of processor since this was last asked, or since the process began. */
  readonly cpuSeconds: () => number;
  readonly agentVersion: string;
  readonly os: EnrolmentRequest["os"];
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
  /** Where this device goes on under a new key since this check-in. */
  readonly isSuccessor?: true;
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
  const { directory, now, random, ifDue } = options;
  const state = readEnrolledState(directory, { now: now(), random });
  if (ifDue && !isDue(state.schedule.value, now())) return { result: resultOf("not-due", state) };
  const bytes = { sent: 0, received: 0 };
  const identity = { state };
  try {
    const result = await callRollAsWhoever(identity, options, bytes);
    return identity.state === state ? { result } : { result, isSuccessor: true };
  } catch (error) {
    const ended = endedBy(error);
    if (ended) throw theEnd(ended, error, identity.state, options);
    planAfter(error, identity.state, options);
    if (!isAgentError(error, "not-reached", "asked-to-wait", "in-doubt")) throw error;
    return { result: resultOf("deferred", identity.state, bytes), reason: error.message };
  } finally {
    noteUsage(options, bytes);
  }
}

/** The state of the installation that this device goes on as; another one after a succession. */
interface Identity {
  state: EnrolledState;
}

/**
 * Checks in, under a new key when this one is in two places: at once where a person waits, else after a random wait,
 * for a roomful of copies learns of it in the same moment.
 */
async function callRollAsWhoever(
  identity: Identity,
  options: CheckInOptions,
  bytes: Counted,
): Promise<CheckInResult> {
  const { directory, ifDue, note } = options;
  const installationId = () => identity.state.installation.value.installation;
  if (succession(directory, installationId())) await becomeSuccessor(identity, options, bytes);
  try {
    return await callRoll(identity.state, options, bytes);
  } catch (error) {
    if (!(error instanceof ServerProblem && error.is("identity-in-doubt"))) throw error;
    beginSuccession(directory, installationId());
    if (ifDue) throw new AgentError("in-doubt", error.message, error);
    note(
      "this device's identity was used in two places; it goes on under a new key and sends everything anew",
    );
    await becomeSuccessor(identity, options, bytes);
    return callRoll(identity.state, options, bytes);
  }
}

async function becomeSuccessor(identity: Identity, options: CheckInOptions, bytes: Counted): Promise<void> {
  const { directory, now, random, os, agentVersion } = options;
  const { state } = identity;
  applyLeftWithdrawals(directory, state);
  await connected(state, options, bytes, (api) => succeed({ state, os, agentVersion, now, random }, api));
  identity.state = readEnrolledState(directory, { now: now(), random });
}

async function callRoll(
  state: EnrolledState,
  options: CheckInOptions,
  bytes: Counted,
): Promise<CheckInResult> {
  const { directory, collect, now, random } = options;
  applyLeftWithdrawals(directory, state);
  const { grants } = state.consent.value;
  const { ownership } = state.installation.value;
  const held = { sections: state.acknowledged.value.sections, now: now() };
  const waiting = waitingParts(readAgreed(directory), grants);
  const found = await collect({ grants, ownership, held, waiting });
  const exchanged = await exchangeWhatIsGranted(state, options, bytes, found);
  const { intervalSeconds, submitted } = exchanged;
  const { counter } = state.counter.value;
  state.schedule.replace(afterAnswer(state.schedule.value, { now: now(), random, intervalSeconds, counter }));
  return resultOf(submitted ? "sent" : "unchanged", state, bytes, exchanged);
}

/** What was used never decides what came of a check-in. */
function noteUsage({ directory, now, cpuSeconds, note }: CheckInOptions, { sent, received }: Bytes): void {
  try {
    addUsage(directory, now(), { bytes: sent + received, cpuSeconds: cpuSeconds() });
  } catch (error) {
    note(error instanceof Error ? error.message : String(error));
  }
}

/** Begins anew, with the withdrawal first, when consent is withdrawn on the way; each time with less to send. */
async function exchangeWhatIsGranted(
  state: EnrolledState,
  options: CheckInOptions,
  bytes: Counted,
  found: Found,
): Promise<Exchanged> {
  for (;;) {
    try {
      return await connected(state, options, bytes, (api) => exchange(state, options, api).checkIn(found));
    } catch (error) {
      if (!isAgentError(error, "withdrawn")) throw error;
      applyLeftWithdrawals(options.directory, state);
    }
  }
}

type Counted = { -readonly [K in keyof Bytes]: Bytes[K] };

function exchange(state: EnrolledState, options: CheckInOptions, api: ServerApi): Exchange {
  const { directory, now, agentVersion, note } = options;
  const session = new Session(directory, api, state.installation.value.installation);
  return new Exchange({ directory, state, api, session, now, agentVersion, note });
}

/** Talks to the server of this installation; `bytes` is what that took, also when it failed. */
async function connected<T>(
  state: EnrolledState,
  { signal, timeouts }: CheckInOptions,
  bytes: Counted,
  talk: (api: ServerApi) => Promise<T>,
): Promise<T> {
  const { url, server } = state.installation.value;
  const address = readAddress(url, state.installation.value);
  return withConnection(address, { signal, ...(timeouts ? { timeouts } : {}) }, async (connection) => {
    try {
      return await talk(new ServerApi(connection, server));
    } finally {
      const { sent, received } = connection.bytes();
      bytes.sent += sent;
      bytes.received += received;
    }
  });
}

/** Whether the server said that this installation has come to its end there. */
function endedBy(error: unknown): Ended | null {
  if (!(error instanceof ServerProblem)) return null;
  return endings.find((ended) => error.is(`device-${ended}`)) ?? null;
}

const whatNow: Readonly<Record<Ended, string>> = {
  deleted: "It checks in no more; rollcall-agent enrol STRING enrols it anew.",
  retired: "It checks in no more, but asks once a week whether it may again.",
};

function theEnd(
  ended: Ended,
  error: unknown,
  { schedule }: EnrolledState,
  { now }: CheckInOptions,
): AgentError {
  schedule.replace(afterEnd(schedule.value, ended, now()));
  const said = error instanceof Error ? error.message : String(error);
  return new AgentError("refused", `${said} ${whatNow[ended]}`, error);
}
/** Copies of one identity go on within this part of an interval: apart, and well before it is decided who lives. */
const spread = 5;

/** No retry after an answer that made sense, whatever it said; back-off after silence; nothing when stopped. */
function planAfter(error: unknown, { schedule }: EnrolledState, { now, random }: CheckInOptions): void {
  if (isAgentError(error, "stopped", "state-broken", "failed")) return;
  const retryAfterSeconds = isAgentError(error, "in-doubt")
    ? (random() * schedule.value.intervalSeconds) / spread
    : error instanceof ServerProblem
      ? error.facts.retryAfterSeconds
      : null;
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
