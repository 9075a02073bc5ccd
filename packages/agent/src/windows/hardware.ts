/** The machine, its firmware, processors and memory: Windows keeps the SMBIOS table in the registry, whole. */
import { machine } from "node:os";
import { type Look, present } from "../collecting/collector.ts";
import { dmiTextsOf } from "../linux/dmi.ts";
import { firmwareDay } from "../linux/firmware-date.ts";
import { told } from "../linux/firmware-text.ts";
import { identityOf } from "../linux/machine-identity.ts";
import { memorySlots } from "../linux/memory-arrays.ts";
import { memoryModules } from "../linux/memory-modules.ts";
import { byteAt, parseSmbios, type SmbiosStructure, stringAt, wordAt } from "../linux/smbios.ts";
import { virtualMachineOf } from "../linux/virtual-machines.ts";
import { readKey, reg } from "./registry.ts";

const keys = {
  table: "HKLM\\SYSTEM\\CurrentControlSet\\Services\\mssmbios\\Data",
  control: "HKLM\\SYSTEM\\CurrentControlSet\\Control",
  secureBoot: "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecureBoot\\State",
} as const;

const programs = [reg];
const nothing = { nothing: "none" as const };

async function readStructures(look: Look): Promise<readonly SmbiosStructure[]> {
  const table = (await readKey(look, keys.table)).bytes("SMBiosData");
  return table ? parseSmbios(table, look.note) : [];
}

export const windowsSystem = {
  reads: [],
  programs,
  async collect(look: Look) {
    const dmi = dmiTextsOf(await readStructures(look));
    const document = present({ ...identityOf(dmi), virtualization: virtualMachineOf({ dmi }) });
    return Object.keys(document).length > 0 ? { document } : nothing;
  },
};

const modes: Readonly<Record<number, "bios" | "uefi">> = { 1: "bios", 2: "uefi" };

export const windowsFirmware = {
  reads: [],
  programs,
  async collect(look: Look) {
    const dmi = dmiTextsOf(await readStructures(look));
    const mode = modes[(await readKey(look, keys.control)).number("PEFirmwareType") ?? 0];
    const isSecure = (await readKey(look, keys.secureBoot)).number("UEFISecureBootEnabled");
    const document = present({
      vendor: told(dmi.bios_vendor),
      version: told(dmi.bios_version),
      date: firmwareDay(dmi.bios_date ?? ""),
      mode,
      secureBoot: isSecure === undefined ? undefined : isSecure === 1,
    });
    return Object.keys(document).length > 0 ? { document } : nothing;
  },
};

export const windowsProcessor = {
  reads: [],
  programs,
  async collect(look: Look) {
    const processors = processorsIn(await readStructures(look));
    if (processors.length === 0) return nothing;
    const sum = (member: "cores" | "threads") => {
      const counts = processors.map((processor) => processor[member]);
      return counts.every((count) => count !== undefined)
        ? counts.reduce((total, count) => total + count, 0)
        : undefined;
    };
    return {
      document: present({
        processors,
        cores: sum("cores"),
        threads: sum("threads"),
        architecture: look.live ? machine() : undefined,
      }),
    };
  },
};

/** Sockets that have a processor (DSP0134 7.5); counts over 254 stand in words of their own. */
function processorsIn(structures: readonly SmbiosStructure[]) {
  const isThere = (structure: SmbiosStructure) => ((byteAt(structure, 0x18) ?? 0) & 0x40) !== 0;
  const countAt = (structure: SmbiosStructure, at: number, wide: number): number | undefined => {
    const count = byteAt(structure, at);
    return (count === 0xff ? wordAt(structure, wide) : count) || undefined;
  };
  return structures
    .filter((structure) => structure.type === 4 && isThere(structure))
    .map((structure, index) =>
      present({
        socket: told(stringAt(structure, 0x04)) ?? String(index),
        manufacturer: told(stringAt(structure, 0x07)),
        model: told(stringAt(structure, 0x10)),
        cores: countAt(structure, 0x23, 0x2a),
        threads: countAt(structure, 0x25, 0x2e),
      }),
    );
}

export const windowsMemory = {
  reads: [],
  programs,
  async collect(look: Look) {
    const structures = await readStructures(look);
    const { modules } = memoryModules(structures);
    if (modules.length === 0) return nothing;
    const sizes = modules.map(({ size }) => size);
    const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    const document = present({
      total: total > 0 ? total : undefined,
      ...memorySlots(structures, modules.length),
      modules: [...modules],
    });
    return { document };
  },
};
