/** Section `usb-devices`: what is plugged into the USB ports, and what is built in there. */
import { list, quantity, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "usb-devices",
  title: "USB devices",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/sys/bus/usb/devices",
      "/run/udev/data",
      "/var/lib/usbutils/usb.ids",
      "/usr/share/misc/usb.ids",
      "/usr/share/hwdata/usb.ids",
      "/usr/share/usb.ids",
    ],
    darwin: ["systeminformation: usb()"],
    win32: ["systeminformation: usb()"],
  },
  fields: {
    devices: list(
      { is: "USB devices by port, hubs left out.", sensitivity: "plain", max: 1_024, key: ["port"] },
      {
        port: required(text(64, { is: "Where it is: bus, and the ports on the way.", sensitivity: "plain" })),
        classes: texts(32, 64, { is: "What kinds of device it is.", sensitivity: "plain" }),
        manufacturer: text(256, { is: "Maker of the device.", sensitivity: "plain" }),
        model: text(256, { is: "Name of the device.", sensitivity: "plain" }),
        id: text(16, {
          is: "Numbers of maker and product.",
          sensitivity: "plain",
          search: { field: "usb", as: "term" },
        }),
        serial: text(256, {
          is: "Serial number of the device; of modems and phones none that could be their number in networks.",
          sensitivity: "sensitive",
          own: true,
        }),
        speed: quantity({
          is: "How fast it is connected; nothing is said of the slowest.",
          sensitivity: "plain",
          unit: "megabits-per-second",
          max: 1_000_000,
        }),
        drivers: texts(32, 64, { is: "The kernel's drivers in use.", sensitivity: "plain" }),
      },
    ),
  },
});
