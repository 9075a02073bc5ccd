/** Section `graphics`: what draws the picture. */
import { list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "graphics",
  title: "Graphics",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "support"],
  sources: {
    linux: [
      "/sys/bus/pci/devices",
      "/sys/class/drm",
      "/proc/driver/nvidia/gpus",
      "/run/udev/data",
      "/usr/share/misc/pci.ids",
      "/usr/share/hwdata/pci.ids",
      "/usr/share/pci.ids",
    ],
    darwin: ["systeminformation: graphics()"],
    win32: ["systeminformation: graphics()"],
  },
  fields: {
    adapters: list(
      { is: "Graphics adapters by slot.", sensitivity: "plain", max: 256, key: ["slot"] },
      {
        slot: required(text(128, { is: "Where it is on its bus.", sensitivity: "plain" })),
        manufacturer: text(256, { is: "Maker of the adapter's chip.", sensitivity: "plain" }),
        model: text(256, {
          is: "Name of the adapter.",
          sensitivity: "plain",
          search: { field: "gpu", as: "term", words: true },
        }),
        id: text(16, { is: "Numbers of maker and chip.", sensitivity: "plain" }),
        subsystem: text(256, { is: "Name of the board it stands on.", sensitivity: "plain" }),
        driver: text(64, { is: "The kernel's driver in use.", sensitivity: "plain" }),
        memory: quantity({
          is: "The adapter's own memory, where its driver tells.",
          sensitivity: "plain",
          unit: "bytes",
          max: 2 ** 48,
        }),
      },
    ),
  },
});
