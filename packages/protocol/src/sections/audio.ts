/** Section `audio`: sound cards. */
import { list, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "audio",
  title: "Audio",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "support"],
  sources: {
    linux: [
      "/proc/asound/cards",
      "/sys/class/sound",
      "/sys/bus/pci/devices",
      "/sys/bus/usb/devices",
      "/run/udev/data",
      "/usr/share/misc/pci.ids",
      "/usr/share/hwdata/pci.ids",
      "/usr/share/pci.ids",
      "/var/lib/usbutils/usb.ids",
      "/usr/share/misc/usb.ids",
      "/usr/share/hwdata/usb.ids",
      "/usr/share/usb.ids",
    ],
    darwin: ["systeminformation: audio()"],
    win32: ["systeminformation: audio()"],
  },
  fields: {
    cards: list(
      { is: "Sound cards.", sensitivity: "plain", max: 256, key: ["id"] },
      {
        id: required(text(64, { is: "The system's short name of the card.", sensitivity: "plain" })),
        name: text(256, { is: "What its driver calls it.", sensitivity: "plain" }),
        manufacturer: text(256, { is: "Maker of the card's chip or of the device.", sensitivity: "plain" }),
        model: text(256, { is: "Name of the card's chip or of the device.", sensitivity: "plain" }),
        codecs: texts(16, 128, { is: "Chips behind it that make sound.", sensitivity: "plain" }),
        driver: text(64, { is: "Name of its driver.", sensitivity: "plain" }),
      },
    ),
  },
});
