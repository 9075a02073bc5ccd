/** How the system was started: by UEFI, or by the older BIOS. */
import type { Look } from "../collecting/collector.ts";

const efi = "/sys/firmware/efi";
const smbios = "/sys/firmware/dmi/tables/DMI";
/** Where the kernel keeps the firmware's map of memory; PCs alone have it. */
const memoryMap = "/sys/firmware/memmap";
export const bootModeSources = [efi, smbios, memoryMap] as const;

/**
 * `bios` is said only of what must be one: a PC whose kernel found the firmware's tables without EFI. Micro-VMs
 * whose kernel is started by the hypervisor have neither, and to containers the firmware is hidden. Of another
 * machine's tree a folder may be missing, unless its neighbours are there.
 */
export function readBootMode(look: Look, architecture: string | undefined): "bios" | "uefi" | undefined {
  if (look.exists(efi)) return "uefi";
  const isPc = architecture === "x86_64" || /^i[3-6]86$/.test(architecture ?? "");
  const isWhole = look.live ? isPc : look.exists(memoryMap);
  return isWhole && look.exists(smbios) ? "bios" : undefined;
}
