/** Values as people type them: durations (`90s`, `15m`, `24h`, `7d`, `52w`), counts, queries. */
import { wrongUsage } from "./failure.ts";

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** Seconds of a typed duration. */
export function readDuration(text: string): number {
  const [, amount, unit = ""] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (amount === undefined) throw wrongUsage(`${text} is no duration; one is written 15m, 24h or 7d`);
  return Number(amount) * (seconds[unit] ?? 1);
}

/** A whole number above zero. */
export function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw wrongUsage(`${text} is no whole number above zero`);
  return Number(text);
}

/**
 * A query from its words. Conditions are negated by `-`, so what begins with one dash is part of the query; with
 * two it is an option, and one that the command does not know.
 */
export function readQueryWords(words: readonly string[]): string {
  const option = words.find((word) => word.startsWith("--"));
  if (option !== undefined) throw wrongUsage(`unknown option '${option}' (--help tells what there is)`);
  return words.join(" ");
}

/** A moment, as ISO 8601: typed so, as a day, or as how long it is ago. `now`: milliseconds since 1970. */
export function readTime(text: string, now: number): string {
  if (/^\d+[smhdw]$/.test(text)) return new Date(now - readDuration(text) * 1_000).toISOString();
  const at = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw wrongUsage(
      `${text} is no time; one is written 2026-01-31, 2026-01-31T12:00:00Z, or 7d for 7 days ago`,
    );
  return new Date(at).toISOString();
}
