/** Maker and model of boards that have no SMBIOS: the device tree (Devicetree Specification, root node). */
import { type Look, present } from "../collecting/collector.ts";
import { firmwareText } from "./dmi.ts";
import { told } from "./firmware-text.ts";

export const deviceTree = "/sys/firmware/devicetree/base";

/** Names of the makers that boards' device trees shorten most often; any other stands as it is. */
const treeVendors: ReadonlyMap<string, string> = new Map([
  ["apple", "Apple Inc."],
  ["beagle", "BeagleBoard.org"],
  ["friendlyarm", "FriendlyElec"],
  ["hardkernel", "Hardkernel"],
  ["ibm", "IBM"],
  ["libretech", "Libre Computer"],
  ["nvidia", "NVIDIA"],
  ["pine64", "PINE64"],
  ["radxa", "Radxa"],
  ["raspberrypi", "Raspberry Pi"],
  ["sifive", "SiFive"],
  ["starfive", "StarFive"],
  ["xunlong", "Xunlong"],
]);

interface TreeIdentity {
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
}

/** The texts of a property; a list holds several. */
export function treeTexts(look: Look, property: string): readonly string[] {
  const text = firmwareText(look, `${deviceTree}/${property}`);
  return text?.split("\0").filter((each) => each !== "") ?? [];
}

/** `cpuinfo`: a line of /proc/cpuinfo, where ARM kernels repeat what containers hide of the tree. */
export function readTreeIdentity(look: Look, cpuinfo: (key: string) => string | undefined): TreeIdentity {
  const [vendor, board] = treeTexts(look, "compatible")[0]?.split(",") ?? [];
  // "linux,dummy-virt" is what virtual machines are compatible with.
  if (vendor === "linux") return {};
  const model = told(treeTexts(look, "model")[0]) ?? told(cpuinfo("Model")) ?? told(board);
  if (model === undefined) return {};
  return present({
    manufacturer: board === undefined ? undefined : told(treeVendors.get(vendor ?? "") ?? vendor),
    model,
    serial: told(treeTexts(look, "serial-number")[0]) ?? told(cpuinfo("Serial")),
  });
}

/** Where a board's boot loader leaves its version: properties below the root, with who made it. */
const loaderVersions = [
  ["chosen/u-boot,version", "U-Boot"],
  ["chosen/bootloader/version", "Raspberry Pi"],
  ["chosen/asahi,system-fw-version", "Apple Inc."],
  ["ibm,opal/firmware/version", "OPAL"],
  ["openprom/ibm,fw-vernum_encoded", "IBM"],
  ["firmware/coreboot/version", "coreboot"],
] as const;
/** Seconds since 1970, big-endian, of the Raspberry Pi's. */
const loaderBuilt = "chosen/bootloader/build-timestamp";

interface TreeFirmware {
  readonly vendor?: string;
  readonly version?: string;
  readonly date?: string;
}

export function readTreeFirmware(look: Look): TreeFirmware {
  for (const [property, vendor] of loaderVersions) {
    const version = told(treeTexts(look, property)[0]);
    const date = property.startsWith("chosen/bootloader/") ? builtOn(look) : undefined;
    if (version !== undefined) return present({ vendor, version, date });
  }
  return {};
}

function builtOn(look: Look): string | undefined {
  const bytes = look.bytes(`${deviceTree}/${loaderBuilt}`);
  if (bytes?.length !== 4) return undefined;
  const seconds = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  return seconds === 0 ? undefined : new Date(seconds * 1_000).toISOString().slice(0, 10);
}
