/** Section `modems`: what connects to mobile or telephone networks. Nothing that tells of a subscriber. */
import { list, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "modems",
  title: "Modems",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "support"],
  sources: {
    linux: [
      "/sys/class/wwan",
      "/sys/bus/usb/devices",
      "/sys/bus/pci/devices",
      "/run/udev/data",
      "/usr/share/misc/pci.ids",
      "/usr/share/hwdata/pci.ids",
      "/usr/share/pci.ids",
      "/var/lib/usbutils/usb.ids",
      "/usr/share/misc/usb.ids",
      "/usr/share/hwdata/usb.ids",
      "/usr/share/usb.ids",
    ],
  },
  fields: {
    modems: list(
      { is: "Modems by where they are attached.", sensitivity: "plain", max: 64, key: ["port"] },
      {
        port: required(text(128, { is: "Where it is on its bus.", sensitivity: "plain" })),
        manufacturer: text(256, { is: "Maker of the modem.", sensitivity: "plain" }),
        model: text(256, { is: "Name of the modem.", sensitivity: "plain" }),
        id: text(16, { is: "Numbers of maker and product.", sensitivity: "plain" }),
        drivers: texts(16, 64, { is: "The kernel's drivers in use.", sensitivity: "plain" }),
      },
    ),
  },
});
