/** What the firmware calls the machine, by /sys/class/dmi/id, else by its SMBIOS table; nothing is judged here. */
import type { Look } from "../collecting/collector.ts";
import { decodeFirmwareText } from "./firmware-text.ts";
import { byteAt, parseSmbios, type SmbiosStructure, smbiosVersion, stringAt } from "./smbios.ts";

const dmiFolder = "/sys/class/dmi/id";
const tableFolder = "/sys/firmware/dmi/tables";
export const smbiosTable = `${tableFolder}/DMI`;
export const dmiSources = [dmiFolder, tableFolder] as const;

const dmiNames = [
  "bios_date",
  "bios_release",
  "bios_vendor",
  "bios_version",
  "board_asset_tag",
  "board_name",
  "board_serial",
  "board_vendor",
  "chassis_asset_tag",
  "chassis_serial",
  "chassis_type",
  "ec_firmware_release",
  "product_family",
  "product_name",
  "product_serial",
  "product_sku",
  "product_uuid",
  "product_version",
  "sys_vendor",
] as const;
type DmiName = (typeof dmiNames)[number];

/** Texts by the names that the kernel gives them in /sys/class/dmi/id, placeholders among them. */
export type DmiTexts = Readonly<Partial<Record<DmiName, string | undefined>>>;

/**
 * The texts of these names; what the kernel does not show (all of it in some containers, releases before Linux 5.9)
 * comes from the table. The kernel lets only root read serial numbers and the UUID.
 */
export function readDmiTexts(
  look: Look,
  structures: readonly SmbiosStructure[],
  names: readonly DmiName[] = dmiNames,
): DmiTexts {
  const shown = new Set(look.names(dmiFolder));
  const table = dmiTextsOf(structures, look.bytes(`${tableFolder}/smbios_entry_point`));
  return Object.fromEntries(
    names.map((name) => [name, shown.has(name) ? firmwareText(look, `${dmiFolder}/${name}`) : table[name]]),
  );
}

/** The kernel lets only root read it. */
export function readSmbios(look: Look): readonly SmbiosStructure[] {
  return parseSmbios(look.bytes(smbiosTable) ?? new Uint8Array(), look.note);
}

export function firmwareText(look: Look, path: string): string | undefined {
  const bytes = look.bytes(path);
  return bytes && decodeFirmwareText(bytes);
}

/** The same texts from the table's types 0 to 3. */
export function dmiTextsOf(structures: readonly SmbiosStructure[], entryPoint?: Uint8Array): DmiTexts {
  const text = (type: number, offset: number) => {
    const structure = structures.find((each) => each.type === type);
    return structure && stringAt(structure, offset);
  };
  const [bios, product, chassis] = [0, 1, 3].map((type) => structures.find((each) => each.type === type));
  const release = (offset: number) => bios && releaseAt(bios, offset);
  // The highest bit of the chassis' type says whether it has a lock.
  const chassisType = chassis && (byteAt(chassis, 0x05) ?? 0) & 0x7f;
  return {
    bios_date: text(0, 0x08),
    bios_release: release(0x14),
    bios_vendor: text(0, 0x04),
    bios_version: text(0, 0x05),
    board_asset_tag: text(2, 0x08),
    board_name: text(2, 0x05),
    board_serial: text(2, 0x07),
    board_vendor: text(2, 0x04),
    chassis_asset_tag: text(3, 0x08),
    chassis_serial: text(3, 0x07),
    chassis_type: chassisType?.toString(),
    ec_firmware_release: release(0x16),
    product_family: text(1, 0x1a),
    product_name: text(1, 0x05),
    product_serial: text(1, 0x07),
    product_sku: text(1, 0x19),
    product_uuid:
      product && uuidOf(product, (smbiosVersion(entryPoint ?? new Uint8Array()) ?? 0x300) >= 0x206),
    product_version: text(1, 0x06),
    sys_vendor: text(1, 0x04),
  };
}

/** Major and minor number; 255 where the firmware has none. */
function releaseAt(bios: SmbiosStructure, offset: number): string | undefined {
  const [major, minor] = [byteAt(bios, offset), byteAt(bios, offset + 1)];
  const isThere = major !== undefined && minor !== undefined && (major !== 0xff || minor !== 0xff);
  return isThere ? `${major}.${minor}` : undefined;
}

/** Since version 2.6 the first three fields are little-endian. */
function uuidOf({ formatted }: SmbiosStructure, littleEndian: boolean): string | undefined {
  const bytes = formatted.subarray(0x08, 0x18);
  if (bytes.length < 16) return undefined;
  const order = littleEndian ? [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] : [...bytes.keys()];
  const hex = order.map((at) => (bytes[at] ?? 0).toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
