/** How the system was started: by UEFI, or by the older BIOS. */
import type { Look } from "../collecting/collector.ts";

const efi = "/sys/firmware/efi";
const smbios = "/sys/firmware/dmi/tables/DMI";
export const bootModeSources = [efi, smbios] as const;

/**
 * `bios` is said only of what must be one: a PC whose kernel found the firmware's tables without EFI. Micro-VMs
 * whose kernel is started by the hypervisor have neither, and to containers the firmware is hidden.
 */
export function readBootMode(look: Look, architecture: string | undefined): "bios" | "uefi" | undefined {
  if (look.exists(efi)) return "uefi";
  const isPc = architecture === "x86_64" || /^i[3-6]86$/.test(architecture ?? "");
  return look.live && isPc && look.exists(smbios) ? "bios" : undefined;
}
