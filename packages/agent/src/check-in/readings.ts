/** Which readings are told: those of a section where one moved over 5 %, or a day after the last. Pure. */
import { limits, type Readings } from "@rollcall/protocol";
import type { Instant } from "../schedule.ts";
import type { Acknowledged } from "../state/files.ts";
import type { Found } from "./found.ts";

export type ReadingsBySection = Readonly<Record<string, Readings>>;
type Sent = Acknowledged["readings"];

const day = 86_400_000;
const moves = 0.05;
/** Room that a check-in's other members need. */
const reserved = 16_384;

export function readingsToSend(found: Found, sent: Sent, now: Instant): ReadingsBySection {
  const told: Record<string, Readings> = {};
  let room = limits.checkInBody - reserved;
  for (const [name, { readings }] of found) {
    if (!readings || Object.keys(readings).length === 0 || !isWorthTelling(readings, sent[name], now))
      continue;
    room -= Buffer.byteLength(JSON.stringify({ [name]: readings }));
    if (room < 0) break;
    told[name] = readings;
  }
  return told;
}

function isWorthTelling(readings: Readings, last: Sent[string] | undefined, now: Instant): boolean {
  if (!last || now < last.at || now - last.at >= day) return true;
  const [before, after] = [flat(last.values), flat(readings)];
  // One more or one less is told, too.
  return before.size !== after.size || [...after].some(([name, value]) => hasMoved(before.get(name), value));
}

function hasMoved(before: number | undefined, value: number): boolean {
  return before === undefined || Math.abs(value - before) > moves * Math.abs(before);
}

function flat(readings: Readings): Map<string, number> {
  return new Map(
    Object.entries(readings).flatMap(([name, value]): [string, number][] =>
      typeof value === "number"
        ? [[JSON.stringify([name]), value]]
        : Object.entries(value).map(([field, number]) => [JSON.stringify([name, field]), number]),
    ),
  );
}

/** What has been sent, after this was. */
export function readingsSent(sent: Sent, told: ReadingsBySection, now: Instant): Sent {
  const added = Object.entries(told).map(([name, values]) => [name, { values, at: now }] as const);
  return { ...sent, ...Object.fromEntries(added) };
}
