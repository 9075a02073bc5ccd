/** Section `pci-devices`: what is attached to the PCI buses. */
import { list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "pci-devices",
  title: "PCI devices",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "support"],
  sources: {
    linux: [
      "/sys/bus/pci/devices",
      "/run/udev/data",
      "/usr/share/misc/pci.ids",
      "/usr/share/hwdata/pci.ids",
      "/usr/share/pci.ids",
    ],
  },
  fields: {
    devices: list(
      { is: "PCI devices by slot.", sensitivity: "plain", max: 4_096, key: ["slot"] },
      {
        slot: required(
          text(32, { is: "Where it is: domain, bus, device and function.", sensitivity: "plain" }),
        ),
        class: text(64, { is: "What kind of device it is.", sensitivity: "plain" }),
        manufacturer: text(256, { is: "Maker of the chip.", sensitivity: "plain" }),
        model: text(256, { is: "Name of the chip.", sensitivity: "plain" }),
        id: text(16, {
          is: "Numbers of maker and chip.",
          sensitivity: "plain",
          search: { field: "pci", as: "term" },
        }),
        subsystemManufacturer: text(256, { is: "Maker of the board it stands on.", sensitivity: "plain" }),
        subsystem: text(256, { is: "Name of the board it stands on.", sensitivity: "plain" }),
        subsystemId: text(16, { is: "Numbers of maker and board.", sensitivity: "plain" }),
        revision: text(8, { is: "Revision of the chip.", sensitivity: "plain" }),
        driver: text(64, { is: "The kernel's driver in use.", sensitivity: "plain" }),
      },
    ),
  },
});
