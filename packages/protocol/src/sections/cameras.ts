/** Section `cameras`: built-in cameras and webcams. */
import { list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "cameras",
  title: "Cameras",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/sys/class/video4linux",
      "/sys/bus/usb/devices",
      "/run/udev/data",
      "/var/lib/usbutils/usb.ids",
      "/usr/share/misc/usb.ids",
      "/usr/share/hwdata/usb.ids",
      "/usr/share/usb.ids",
    ],
  },
  fields: {
    cameras: list(
      { is: "Cameras by where they are attached.", sensitivity: "plain", max: 256, key: ["port"] },
      {
        port: required(text(128, { is: "Where it is on its bus.", sensitivity: "plain" })),
        name: text(256, { is: "What its driver calls it.", sensitivity: "plain" }),
        manufacturer: text(256, { is: "Maker of the camera.", sensitivity: "plain" }),
        model: text(256, { is: "Name of the camera or of its sensor.", sensitivity: "plain" }),
        id: text(16, { is: "Numbers of maker and product.", sensitivity: "plain" }),
      },
    ),
  },
});
