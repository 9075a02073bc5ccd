/** Memory modules as the firmware tells them: SMBIOS type 17, or type 6 in tables from before it (DSP0134). */
import { present } from "../collecting/collector.ts";
import { clean, told } from "./firmware-text.ts";
import { byteAt, doubleWordAt, quadWordAt, type SmbiosStructure, stringAt, wordAt } from "./smbios.ts";

interface MemoryModule {
  readonly slot: string;
  /** Bytes. */
  readonly size?: number;
  readonly type?: string;
  /** MT/s. */
  readonly speed?: number;
  readonly manufacturer?: string;
  readonly partNumber?: string;
  readonly serial?: string;
}

interface MemoryModules {
  /** What stands in the slots and serves as memory. */
  readonly modules: readonly MemoryModule[];
  /** How many persistent modules stand beside them: storage in the shape of memory. */
  readonly persistent: number;
}

const KiB = 2 ** 10;
const MiB = 2 ** 20;

export function memoryModules(structures: readonly SmbiosStructure[]): MemoryModules {
  const devices = structures.filter(({ type }) => type === 17);
  if (devices.length === 0) return { modules: oldModules(structures), persistent: 0 };
  const slots = slotNames(devices.map((device) => [stringAt(device, 0x10), stringAt(device, 0x11)]));
  const taken = devices
    .map((device, index) => ({ device, slot: slots[index] ?? "" }))
    .filter(({ device }) => isInstalled(device) && !isFirmwareStore(device));
  const memory = taken.filter(({ device }) => !isPersistent(device));
  return {
    modules: memory.map(({ device, slot }) => moduleOf(device, slot)),
    persistent: taken.length - memory.length,
  };
}

function moduleOf(device: SmbiosStructure, slot: string): MemoryModule {
  return present({
    slot,
    size: sizeOf(device),
    type: memoryTypes[byteAt(device, 0x12) ?? 0],
    speed: speedOf(device, 0x20, 0x58) ?? speedOf(device, 0x15, 0x54),
    manufacturer: told(stringAt(device, 0x17)),
    partNumber: told(stringAt(device, 0x1a)),
    serial: told(stringAt(device, 0x18)),
  });
}

/** Size of an empty slot is 0; 0xffff means that something is there whose size the firmware does not know. */
function isInstalled(device: SmbiosStructure): boolean {
  return (wordAt(device, 0x0c) ?? 0) !== 0;
}

function sizeOf(device: SmbiosStructure): number | undefined {
  const size = wordAt(device, 0x0c);
  if (size === undefined || size === 0xffff) return undefined;
  if (size !== 0x7fff) return size >= 0x8000 ? (size - 0x8000) * KiB : size * MiB;
  const extended = (doubleWordAt(device, 0x1c) ?? 0) % 2 ** 31;
  return extended === 0 ? undefined : extended * MiB;
}

/** 0: unknown; 0xffff: in the double word that later versions have (bits 30 to 0). */
function speedOf(device: SmbiosStructure, at: number, extendedAt: number): number | undefined {
  const speed = wordAt(device, at);
  const extended = speed === 0xffff ? (doubleWordAt(device, extendedAt) ?? 0) % 2 ** 31 : speed;
  return extended === 0 ? undefined : extended;
}

/** DSP0134 table 78; what is neither named nor known there has no type. */
const memoryTypes: Readonly<Record<number, string>> = {
  3: "DRAM",
  4: "EDRAM",
  5: "VRAM",
  6: "SRAM",
  7: "RAM",
  13: "CDRAM",
  14: "3DRAM",
  15: "SDRAM",
  16: "SGRAM",
  17: "RDRAM",
  18: "DDR",
  19: "DDR2",
  20: "DDR2 FB-DIMM",
  24: "DDR3",
  25: "FBD2",
  26: "DDR4",
  27: "LPDDR",
  28: "LPDDR2",
  29: "LPDDR3",
  30: "LPDDR4",
  31: "Logical non-volatile device",
  32: "HBM",
  33: "HBM2",
  34: "DDR5",
  35: "LPDDR5",
  36: "HBM3",
};

/** ROM, flash and its kin: where the firmware itself lies, a few hundred kB, in old tables. */
const storeTypes: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0b, 0x0c]);

function isFirmwareStore(device: SmbiosStructure): boolean {
  const size = sizeOf(device);
  return storeTypes.has(byteAt(device, 0x12) ?? 0) || (size !== undefined && size < MiB);
}

const logicalNonVolatile = 0x1f;
/** NVDIMM-N, -F, -P and Intel Optane (memory technology, since 3.2). */
const persistentTechnologies: ReadonlySet<number> = new Set([0x04, 0x05, 0x06, 0x07]);

/** Whether nothing of a persistent module serves as memory: it may be set up to, wholly or in part. */
function isPersistent(device: SmbiosStructure): boolean {
  const volatileBytes = quadWordAt(device, 0x3c) ?? 0;
  const kind =
    byteAt(device, 0x12) === logicalNonVolatile || persistentTechnologies.has(byteAt(device, 0x28) ?? 0);
  return kind && (volatileBytes === 0 || volatileBytes >= 2 ** 63);
}

/** DSP0134 table 25, bit by bit; the others tell the package. */
const oldTypes = [
  [10, "SDRAM"],
  [9, "Burst EDO"],
  [4, "EDO"],
  [3, "Fast Page Mode"],
] as const;

/** Type 6, obsolete: 2 ** n MB; beyond, the size is not known or nothing is there. */
function oldModules(structures: readonly SmbiosStructure[]): MemoryModule[] {
  const sockets = structures.filter(({ type }) => type === 6);
  const slots = slotNames(sockets.map((socket) => [stringAt(socket, 0x04), undefined]));
  return sockets.flatMap((socket, index) => {
    const exponent = (byteAt(socket, 0x09) ?? 0x7f) & 0x7f;
    const bits = wordAt(socket, 0x07) ?? 0;
    const [, type] = oldTypes.find(([bit]) => (bits & (1 << bit)) !== 0) ?? [];
    if (exponent > 20) return [];
    return [present({ slot: slots[index] ?? "", size: 2 ** exponent * MiB, type })];
  });
}

type Locators = readonly [device: string | undefined, bank: string | undefined];

/**
 * A name for each slot, none twice: the device locator, with the bank where several slots have it, with a number
 * where that does not help either. Empty slots take part, so that filling one renames none.
 */
function slotNames(locators: readonly Locators[]): string[] {
  const devices = locators.map(([device, bank]) => clean(device) ?? clean(bank) ?? "");
  const isOnly = isOnlyOne(devices);
  const withBanks = devices.map((device, index) => {
    const bank = clean(locators[index]?.[1]);
    return bank === undefined || bank === device || isOnly(device) ? device : `${device} (${bank})`;
  });
  return numbered(withBanks);
}

/** Numbers the names that are there twice, and those that are empty. */
function numbered(names: readonly string[]): string[] {
  const isOnly = isOnlyOne(names);
  const used = new Set(names);
  const last = new Map<string, number>();
  return names.map((name) => {
    if (name !== "" && isOnly(name)) return name;
    let number = last.get(name) ?? 0;
    let unique = name;
    while (used.has(unique)) unique = `${name} #${++number}`.trim();
    last.set(name, number);
    return unique;
  });
}

function isOnlyOne(names: readonly string[]): (name: string) => boolean {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (name) => counts.get(name) === 1;
}
