/**
 * SMBIOS tables made again from what dmidecode printed of real machines: the structures that collectors read, as
 * long as they were, their strings as they were printed.
 */
import type { Tree } from "./collected.ts";
import { doubleWord, smbiosTable, structure, word } from "./smbios-table.ts";

/** One structure as it was printed. */
interface Printed {
  readonly type: number;
  readonly length: number;
  /** The lines "Name: value". */
  readonly lines: ReadonlyMap<string, string>;
  /** All of it, for what stands in lists. */
  readonly text: string;
}

type Bytes = number | readonly number[];
/** Bytes by their offset; `string` puts a text among the structure's strings and gives its number. */
type Fields = (
  printed: Printed,
  string: (name: string) => number,
  isLittleEndian: boolean,
) => Readonly<Record<number, Bytes>>;

/** Files of the machine: its table with the entry point that tells its version. */
export function smbiosFiles(printed: string): Tree {
  const [major, minor] = versionOf(printed);
  const entryPoint = Buffer.alloc(31);
  entryPoint.write("_SM_");
  entryPoint.set([major, minor], 6);
  return {
    "/sys/firmware/dmi/tables/DMI": tableOf(printed),
    "/sys/firmware/dmi/tables/smbios_entry_point": entryPoint,
  };
}

const versionOf = (printed: string): [number, number] => {
  const [, major = 2, minor = 8] = /SMBIOS (\d+)\.(\d+)/.exec(printed)?.map(Number) ?? [];
  return [major, minor];
};

function tableOf(printed: string): Uint8Array {
  const [major, minor] = versionOf(printed);
  const isLittleEndian = major > 2 || minor >= 6;
  return smbiosTable(...structuresIn(printed).flatMap((each) => madeAgain(each, isLittleEndian)));
}

export function structuresIn(text: string): Printed[] {
  return text.split(/\n(?=Handle 0x)/).flatMap((block) => {
    const [, type, length] = /^Handle 0x[0-9A-F]+, DMI type (\d+), (\d+) bytes/.exec(block) ?? [];
    if (type === undefined) return [];
    const lines = [...block.matchAll(/^\t([^\t:]+): (.*)$/gm)].map(
      ([, name = "", value = ""]) => [name, value] as const,
    );
    return [{ type: Number(type), length: Number(length), lines: new Map(lines), text: block }];
  });
}

function madeAgain(printed: Printed, isLittleEndian: boolean): Uint8Array[] {
  const fields = fieldsOf[printed.type];
  if (!fields) return [];
  const strings: string[] = [];
  const string = (name: string) => {
    const text = printed.lines.get(name);
    if (text === undefined || text === "Not Specified") return 0;
    return text.startsWith("<BAD INDEX>") ? 250 : strings.push(text);
  };
  const within = Object.entries(fields(printed, string, isLittleEndian)).flatMap(([offset, bytes]) => {
    const left = printed.length - Number(offset);
    return left > 0 ? [[offset, [bytes].flat().slice(0, left)] as const] : [];
  });
  return [structure({ ...printed, fields: Object.fromEntries(within), strings })];
}

const fieldsOf: Readonly<Record<number, Fields>> = {
  0: ({ lines, text }, string) => ({
    4: string("Vendor"),
    5: string("Version"),
    8: string("Release Date"),
    19:
      (text.includes("UEFI is supported") ? 8 : 0) + (text.includes("System is a virtual machine") ? 16 : 0),
    20: release(lines.get("BIOS Revision")),
    22: release(lines.get("Firmware Revision")),
  }),
  1: ({ lines }, string, isLittleEndian) => ({
    4: string("Manufacturer"),
    5: string("Product Name"),
    6: string("Version"),
    7: string("Serial Number"),
    8: uuid(lines.get("UUID") ?? "", isLittleEndian),
    25: string("SKU Number"),
    26: string("Family"),
  }),
  2: (_, string) => ({
    4: string("Manufacturer"),
    5: string("Product Name"),
    6: string("Version"),
    7: string("Serial Number"),
    8: string("Asset Tag"),
  }),
  3: ({ lines }, string) => ({
    4: string("Manufacturer"),
    5: numberOf(chassisTypes, lines.get("Type")),
    6: string("Version"),
    7: string("Serial Number"),
    8: string("Asset Tag"),
  }),
  6: ({ lines }, string) => ({
    4: string("Socket Designation"),
    7: word(lines.get("Type")?.includes("SDRAM") ? 1 << 10 : 1),
    9: oldSize(lines.get("Installed Size") ?? ""),
  }),
  16: ({ lines }) => ({
    5: lines.get("Use") === "System Memory" ? 3 : 5,
    6: numberOf(corrections, lines.get("Error Correction Type")),
    13: word(Number(lines.get("Number Of Devices") ?? 0)),
  }),
  17: ({ lines }, string) => ({
    12: word(size(lines.get("Size")).word),
    16: string("Locator"),
    17: string("Bank Locator"),
    18: numberOf(memoryTypes, lines.get("Type")),
    21: word(speed(lines.get("Speed"))),
    23: string("Manufacturer"),
    24: string("Serial Number"),
    26: string("Part Number"),
    28: doubleWord(size(lines.get("Size")).extended),
    32: word(speed(lines.get("Configured Memory Speed") ?? lines.get("Configured Clock Speed"))),
    40: numberOf(technologies, lines.get("Memory Technology")),
  }),
  43: ({ lines }) => ({
    4: [...Buffer.from((lines.get("Vendor ID") ?? "").slice(0, 4))],
    8: release(lines.get("Specification Version")),
    10: release(lines.get("Firmware Revision")).reverse().flatMap(word),
  }),
};

/** "1.20"; two bytes of ones where it is not printed. */
const release = (text: string | undefined): number[] =>
  text === undefined ? [0xff, 0xff] : text.split(".").map(Number);

/** Its first three fields as the version stores them; where none was printed, nothing but ones. */
function uuid(text: string, isLittleEndian: boolean): number[] {
  const bytes = [...Buffer.from(text.replaceAll("-", ""), "hex")];
  if (bytes.length !== 16) return Array(16).fill(0xff);
  if (!isLittleEndian) return bytes;
  return [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => bytes[at] ?? 0);
}

function size(text = ""): { word: number; extended: number } {
  const [, amount, unit = ""] = /^(\d+) (kB|KB|MB|GB|TB)/.exec(text) ?? [];
  if (amount === undefined) return { word: text === "Unknown" ? 0xffff : 0, extended: 0 };
  if (/kB/i.test(unit)) return { word: 0x8000 + Number(amount), extended: 0 };
  const mebibytes =
    Number(amount) * { MB: 1, GB: 1_024, TB: 2 ** 20 }[unit === "MB" ? "MB" : unit === "GB" ? "GB" : "TB"];
  return mebibytes < 0x7fff ? { word: mebibytes, extended: 0 } : { word: 0x7fff, extended: mebibytes };
}

const oldSize = (text: string): number => {
  const [, amount] = /^(\d+) MB/.exec(text) ?? [];
  return amount === undefined ? 0x7f : Math.log2(Number(amount));
};

const speed = (text: string | undefined): number => Number(/^\d+/.exec(text ?? "")?.[0] ?? 0);

/** By dmidecode's words; the first is 1, what is not there 2 ("unknown"). */
const numberOf = (words: readonly string[], text: string | undefined): number => {
  const at = words.indexOf(text?.trim() ?? "");
  return at === -1 ? 2 : at + 1;
};

// biome-ignore format: lists of words by their number
const chassisTypes = [
  "Other", "Unknown", "Desktop", "Low Profile Desktop", "Pizza Box", "Mini Tower", "Tower", "Portable", "Laptop",
  "Notebook", "Hand Held", "Docking Station", "All In One", "Sub Notebook", "Space-saving", "Lunch Box",
  "Main Server Chassis", "Expansion Chassis", "Sub Chassis", "Bus Expansion Chassis", "Peripheral Chassis",
  "RAID Chassis", "Rack Mount Chassis", "Sealed-case PC", "Multi-system", "CompactPCI", "AdvancedTCA", "Blade",
  "Blade Enclosing", "Tablet", "Convertible", "Detachable", "IoT Gateway", "Embedded PC", "Mini PC", "Stick PC",
];
// biome-ignore format: lists of words by their number
const memoryTypes = [
  "Other", "Unknown", "DRAM", "EDRAM", "VRAM", "SRAM", "RAM", "ROM", "Flash", "EEPROM", "FEPROM", "EPROM", "CDRAM",
  "3DRAM", "SDRAM", "SGRAM", "RDRAM", "DDR", "DDR2", "DDR2 FB-DIMM", "21", "22", "23", "DDR3", "FBD2", "DDR4",
  "LPDDR", "LPDDR2", "LPDDR3", "LPDDR4", "Logical non-volatile device", "HBM", "HBM2", "DDR5", "LPDDR5", "HBM3",
];
const corrections = ["Other", "Unknown", "None", "Parity", "Single-bit ECC", "Multi-bit ECC", "CRC"];
const technologies = [
  "Other",
  "Unknown",
  "DRAM",
  "NVDIMM-N",
  "NVDIMM-F",
  "NVDIMM-P",
  "Intel Optane DC persistent memory",
];
