/**
 * When the next check-in is due. Pure: clock and randomness are arguments. No schema library here, so that a
 * check-in that is not due costs nothing but reading one small file.
 */

/** Milliseconds since 1970, by the device's clock, which nobody trusts. */
export type Instant = number;
export type Milliseconds = number;
/** A number from 0 up to, not including, 1. */
export type Random = () => number;

/** As stored in `schedule.json`. */
export interface Schedule {
  readonly intervalSeconds: number;
  /** This device's own place within an interval, 0 to 1: a fleet enrolled in one moment is spread by it. */
  readonly phase: number;
  /** When `nextAt` was decided. A clock that stands before it was set back, and the plan is void. */
  readonly plannedAt: Instant;
  readonly nextAt: Instant;
  /** Attempts since the last answer that made sense. */
  readonly failures: number;
  readonly failingSince: Instant | null;
  readonly lastCheckInAt: Instant | null;
  /** Counter of the latest check-in whose answer was heeded to the end; an answer after it may have been lost. */
  readonly answeredCounter: number;
  /** When an answer last began to ask for check-ins closer than the least interval; null when none has. */
  readonly hurriedSince: Instant | null;
  /** Why the server takes no check-ins of this installation any more; gone with the next that it takes. */
  readonly ended?: Ended | undefined;
}

export const endings = ["deleted", "retired"] as const;
export type Ended = (typeof endings)[number];

/** Of the wire's `intervalBounds` and `defaultIntervalSeconds`, which a test compares with these. */
export const interval = { least: 300, most: 7 * 86_400, usual: 3_607 } as const;

const second: Milliseconds = 1_000;
const longestWait = 86_400 * second;
const firstBackOff = 30 * second;
/** Closer than the least interval an answer may ask for check-ins for a while, and then not again for a day. */
const hurry = { leastSeconds: 30, lasts: 900 * second, within: 86_400 * second } as const;
/** One in this many check-ins is put off, by up to this part of the interval. */
const putOff = 5;

export function clampInterval(seconds: number): number {
  if (!Number.isFinite(seconds)) return interval.usual;
  return Math.min(Math.max(Math.round(seconds), interval.least), interval.most);
}

/** The schedule of a device that has just enrolled: its first check-in is due at once. */
export function firstSchedule(now: Instant, intervalSeconds: number, random: Random): Schedule {
  return {
    intervalSeconds: clampInterval(intervalSeconds),
    phase: random(),
    plannedAt: now,
    nextAt: now,
    failures: 0,
    failingSince: null,
    lastCheckInAt: null,
    answeredCounter: 0,
    hurriedSince: null,
  };
}

type Plan = Pick<Schedule, "plannedAt" | "nextAt">;

/** Also when the clock was set back, and when the plan is none that this file makes. */
export function isDue({ plannedAt, nextAt }: Plan, now: Instant): boolean {
  return now >= nextAt || now < plannedAt || nextAt - plannedAt > 2 * interval.most * second;
}

/** The next place of the device's own phase after now, at most one interval away. */
function nextInPhase(now: Instant, length: Milliseconds, phase: number): Instant {
  const offset = Math.floor(phase * length);
  return (Math.floor((now - offset) / length) + 1) * length + offset;
}

interface Answered {
  readonly now: Instant;
  readonly random: Random;
  /** What the server named, unclamped; absent when its answer was a problem. */
  readonly intervalSeconds?: number | undefined;
  readonly retryAfterSeconds?: number | null | undefined;
  /** Of the check-in, when it came to its end. */
  readonly counter?: number | undefined;
}

/** After an answer that made sense, whatever it said: the next interval, or when the server asked to wait. */
export function afterAnswer(schedule: Schedule, answered: Answered): Schedule {
  const { now, random, retryAfterSeconds } = answered;
  const { ended: _, ...going } = schedule;
  const intervalSeconds = clampInterval(answered.intervalSeconds ?? schedule.intervalSeconds);
  const hurried = hurriedAfter(schedule, answered);
  const length = (hurried?.intervalSeconds ?? intervalSeconds) * second;
  const regular =
    nextInPhase(now, length, schedule.phase) +
    (random() < 1 / putOff ? Math.floor((random() * length) / putOff) : 0);
  return {
    ...going,
    intervalSeconds,
    plannedAt: now,
    nextAt: retryAfterSeconds == null ? regular : now + waitAsked(retryAfterSeconds),
    failures: 0,
    failingSince: null,
    ...(hurried ? { hurriedSince: hurried.since } : {}),
    ...(answered.intervalSeconds === undefined ? {} : { lastCheckInAt: now }),
    ...(answered.counter === undefined ? {} : { answeredCounter: answered.counter }),
  };
}

/**
 * The one exception to the clamp: an interval of 30 seconds or more, for at most 15 minutes in 24 hours, from the first
 * answer that asks for it. By a clock that was set back the time is over.
 */
function hurriedAfter(
  { hurriedSince }: Schedule,
  { now, intervalSeconds }: Answered,
): { readonly intervalSeconds: number; readonly since: Instant } | null {
  if (intervalSeconds === undefined || !(intervalSeconds >= hurry.leastSeconds)) return null;
  if (intervalSeconds >= interval.least) return null;
  const length = Math.round(intervalSeconds);
  if (hurriedSince === null || now - hurriedSince >= hurry.within)
    return { intervalSeconds: length, since: now };
  const lasts = now >= hurriedSince && now + length * second <= hurriedSince + hurry.lasts;
  return lasts ? { intervalSeconds: length, since: hurriedSince } : null;
}

/** After the server has said that it takes no more: quiet for the longest interval, then one question whether that still holds. */
export function afterEnd(schedule: Schedule, ended: Ended, now: Instant): Schedule {
  const nextAt = now + interval.most * second;
  return { ...schedule, ended, plannedAt: now, nextAt, failures: 0, failingSince: null };
}

/** A server can ask to wait longer, and not to be called without end. */
const waitAsked = (seconds: number): Milliseconds =>
  Math.min(Math.max(Math.ceil(seconds) * second, firstBackOff), longestWait);

/** After silence or nonsense: full-jitter back-off from 30 s, doubling up to the interval. */
export function afterSilence(
  schedule: Schedule,
  { now, random }: Pick<Answered, "now" | "random">,
): Schedule {
  const most = Math.min(firstBackOff * 2 ** schedule.failures, schedule.intervalSeconds * second);
  return {
    ...schedule,
    plannedAt: now,
    nextAt: now + Math.max(second, Math.floor(random() * most)),
    failures: schedule.failures + 1,
    failingSince: schedule.failingSince ?? now,
  };
}

/** Tells the server that this is not the first attempt. */
export function retryHeaders({ failures, failingSince }: Schedule, now: Instant): Record<string, string> {
  if (failures === 0 || failingSince === null) return {};
  const age = Math.max(0, Math.floor((now - failingSince) / second));
  return { "x-retry-count": String(failures), "x-request-age": String(age) };
}
