/** Durations as people type them: `90s`, `15m`, `24h`, `7d`, `52w`. */
import { exitCodes } from "@rollcall/terminal";
import { CommandFailure } from "./client.ts";

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** Seconds of a typed duration. */
export function readDuration(text: string): number {
  const [, amount, unit = ""] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (amount === undefined)
    throw new CommandFailure(`${text} is no duration; one is written 15m, 24h or 7d`, exitCodes.usage);
  return Number(amount) * (seconds[unit] ?? 1);
}

/** A whole number above zero as people type it. */
export function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new CommandFailure(`${text} is no whole number above zero`, exitCodes.usage);
  return Number(text);
}
