/** Whole machines for tests: what several sections tell of one, and trees that others recorded. */
import { execFileSync } from "node:child_process";
import type { Test } from "tap";
import { collected, machineTree, type Tree } from "./collected.ts";
import { smbiosFiles } from "./dmidecode.ts";
import { record, recordAt } from "./records.ts";

/** The documents of these sections; a section without one is undefined. */
export async function inventory<const S extends string>(
  t: Test,
  machine: Tree | string,
  sections: readonly S[],
): Promise<Record<S, unknown>> {
  const root = typeof machine === "string" ? machine : machineTree(t, machine);
  const documents: Partial<Record<S, unknown>> = {};
  for (const section of sections) documents[section] = (await collected(t, section, root)).document;
  // Every section was named just now.
  return documents as Record<S, unknown>;
}

/** /sys/class/dmi/id with these texts. */
export const dmiFiles = (texts: Readonly<Record<string, string>>): Tree =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [`/sys/class/dmi/id/${name}`, `${text}\n`]));

/** /proc/cpuinfo of a virtual machine. */
export const guestCpu = `${[
  "processor\t: 0",
  "vendor_id\t: GenuineIntel",
  "cpu family\t: 6",
  "model name\t: Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz",
  "microcode\t: 0xffffffff",
  "physical id\t: 0",
  "core id\t\t: 0",
  "cpu cores\t: 1",
  "flags\t\t: fpu lm nx sse4_2 aes avx hypervisor",
].join("\n")}\n`;

/** A machine's firmware as dmidecode printed it. */
export const printedMachine = (name: string): Tree => smbiosFiles(record(`dmi/${name}.txt`).toString());

/** A machine's firmware table as it was dumped. */
export const dumpedMachine = (name: string): Tree => ({
  "/sys/firmware/dmi/tables/DMI": record(`smbios/${name}.bin`),
});

/** A machine's /proc and /sys as they were recorded, with more files beside them. */
export function snapshot(t: Test, name: string, more: Tree = {}): string {
  const root = machineTree(t, more);
  execFileSync("tar", ["-xzf", recordAt(`sysfs/${name}.tar.gz`), "-C", root]);
  return root;
}

/** Without serial numbers and UUIDs: those of recorded machines are their owners'. */
export function withoutIds(document: unknown): unknown {
  if (Array.isArray(document)) return document.map(withoutIds);
  if (typeof document !== "object" || document === null) return document;
  return Object.fromEntries(
    Object.entries(document)
      .filter(([name]) => name !== "serial" && name !== "uuid")
      .map(([name, value]) => [name, withoutIds(value)]),
  );
}

/** As many modules of one kind, by their slots. */
export const modulesAt = <M extends object>(slots: readonly string[], module: M) =>
  slots.map((slot) => ({ slot, ...module }));

/** Bytes. */
export const GiB = 2 ** 30;
