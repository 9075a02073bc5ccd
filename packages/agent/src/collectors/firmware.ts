/** Collector of section `firmware`: from SMBIOS, the device tree of boards without it, UEFI's variables and the TPM. */
import { machine } from "node:os";
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { darwinFirmware } from "../darwin/hardware.ts";
import { bootModeSources, readBootMode } from "../linux/boot-mode.ts";
import { deviceTree, readTreeFirmware } from "../linux/device-tree.ts";
import { dmiSources, readDmiTexts, readSmbios } from "../linux/dmi.ts";
import { firmwareDay } from "../linux/firmware-date.ts";
import { clean, told } from "../linux/firmware-text.ts";
import { readSecureBoot, secureBootSources } from "../linux/secure-boot.ts";
import type { SmbiosStructure } from "../linux/smbios.ts";
import { readTpm, tpmSources } from "../linux/tpm.ts";
import { windowsFirmware } from "../windows/hardware.ts";

export const collector = defineCollector({
  section: "firmware",
  platforms: {
    linux: {
      reads: [...dmiSources, deviceTree, ...bootModeSources, ...secureBootSources, ...tpmSources],
      collect(look) {
        const structures = readSmbios(look);
        const bios = biosOf(look, structures);
        const document = present({
          ...(Object.keys(bios).length > 0 ? bios : readTreeFirmware(look)),
          mode: readBootMode(look, look.live ? machine() : undefined),
          ...readSecureBoot(look),
          tpm: readTpm(look, structures),
        });
        return Object.keys(document).length > 0 ? { document } : { nothing: "none" };
      },
    },
    darwin: darwinFirmware,
    win32: windowsFirmware,
  },
});

function biosOf(look: Look, structures: readonly SmbiosStructure[]) {
  const dmi = readDmiTexts(look, structures, [
    "bios_vendor",
    "bios_version",
    "bios_date",
    "bios_release",
    "ec_firmware_release",
  ]);
  const names = present({
    vendor: told(dmi.bios_vendor),
    version: told(dmi.bios_version),
    date: firmwareDay(dmi.bios_date ?? ""),
  });
  // Firmware that tells nothing of itself has no release either: what stands there was never written.
  if (Object.keys(names).length === 0) return names;
  return present({
    ...names,
    release: releaseOf(dmi.bios_release),
    controllerRelease: releaseOf(dmi.ec_firmware_release),
  });
}

/** "0.0" is what firmware writes that has none. */
function releaseOf(text: string | undefined): string | undefined {
  const release = clean(text) ?? "";
  return /^\d{1,3}\.\d{1,3}$/.test(release) && !/^(0\.0|255\.255)$/.test(release) ? release : undefined;
}
