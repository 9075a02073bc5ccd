/** What macOS's system_profiler(8) says of the machine, by data type, each with its items. */
import type { Look } from "../collecting/collector.ts";
import { isDict, listAt, type PlistDict, parsePlist, textAt } from "./plist.ts";

export const systemProfiler = "/usr/sbin/system_profiler";

/** It asks every device; a minute is what it allows itself for each type. */
const patience = { milliseconds: 12_000, maxBytes: 32 * 2 ** 20 };

export type Profile = (type: string) => readonly PlistDict[];

/** One process for all of them. */
export async function readProfile(look: Look, ...types: readonly string[]): Promise<Profile> {
  const printed = await look.run(systemProfiler, ["-xml", ...types], patience);
  return profileOf(printed?.text ?? "");
}

/** Items of every data type that was printed. */
function profileOf(xml: string): Profile {
  const told = parsePlist(xml);
  const parts = Array.isArray(told) ? told : [];
  const items = new Map(
    parts.map((part) => [textAt(part, "_dataType") ?? "", listAt(part, "_items").filter(isDict)]),
  );
  return (type) => items.get(type) ?? [];
}

const units: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

/** Bytes of memory: "16 GB", in powers of two. */
export function memoryBytes(text: string | undefined): number | undefined {
  const [, size, unit = ""] = /^(\d{1,7}(?:\.\d{1,3})?)\s*([KMGT]B)$/.exec(text ?? "") ?? [];
  return size === undefined ? undefined : Math.round(Number(size) * (units[unit] ?? 1));
}

/** What it writes where it knows nothing. */
export function known(text: string | undefined): string | undefined {
  return text === undefined || /^(?:empty|unknown|n\/a|none|-|0x0+|not available)$/i.test(text)
    ? undefined
    : text;
}
