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
