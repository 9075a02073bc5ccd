/** Section `firmware`: what starts the machine, how far it is trusted, and the module that keeps its keys. */
import { choice, flag, group, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "firmware",
  title: "Firmware",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/sys/class/dmi/id",
      "/sys/firmware/dmi/tables",
      "/sys/firmware/devicetree/base",
      "/sys/firmware/efi",
      "/sys/firmware/memmap",
      "/sys/kernel/boot_params/data",
      "/sys/class/tpm",
      "uname(2)",
    ],
    darwin: ["/usr/sbin/system_profiler"],
    win32: ["C:\\Windows\\System32\\reg.exe"],
  },
  fields: {
    vendor: text(256, {
      is: "Maker of the firmware.",
      sensitivity: "plain",
    }),
    version: text(256, {
      is: "Version as its maker writes it.",
      sensitivity: "plain",
      search: { field: "firmware", as: "term" },
    }),
    release: text(16, { is: "The maker's major and minor number.", sensitivity: "plain" }),
    date: text(10, { is: "Day of the release, YYYY-MM-DD.", sensitivity: "plain" }),
    controllerRelease: text(16, { is: "Release of the embedded controller.", sensitivity: "plain" }),
    mode: choice(["bios", "uefi"], { is: "How the system was started.", sensitivity: "plain" }),
    secureBoot: flag({
      is: "Whether only what is signed may be started.",
      sensitivity: "plain",
      search: { field: "secureboot", as: "term" },
    }),
    setupMode: flag({
      is: "Whether the keys for that are still to be set, by whoever starts the machine.",
      sensitivity: "plain",
    }),
    tpm: group(
      { is: "The trusted platform module.", sensitivity: "plain" },
      {
        version: text(16, {
          is: "Version of its specification.",
          sensitivity: "plain",
          search: { field: "tpm", as: "term" },
        }),
        manufacturer: text(64, { is: "Maker of the module.", sensitivity: "plain" }),
        firmware: text(64, { is: "Version of its firmware.", sensitivity: "plain" }),
      },
    ),
  },
});
