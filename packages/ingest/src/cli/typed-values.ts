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
