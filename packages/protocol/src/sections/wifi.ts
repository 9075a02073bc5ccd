/** Section `wifi`: the wireless network that the device is connected to. All of it tells where the device is. */
import { quantity, reading, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

const locates = "always";

export const definition = defineSection({
  name: "wifi",
  title: "Wi-Fi connection",
  schema: 1,
  category: "network",
  purposes: ["inventory", "security", "support"],
  sources: { linux: ["/sys/class/net", "/usr/sbin/iw", "/sbin/iw", "/usr/bin/nmcli"] },
  fields: {
    interface: text(64, { is: "Name of the interface.", sensitivity: "plain", locates }),
    ssid: text(256, {
      is: "Name of the network; what is no text in it stands as \\x and two hexadecimal digits.",
      sensitivity: "sensitive",
      own: true,
      search: { field: "ssid", as: "term" },
      locates,
    }),
    bssid: text(17, {
      is: "Hardware address of the access point.",
      sensitivity: "sensitive",
      own: true,
      locates,
    }),
    frequency: quantity({
      is: "Frequency.",
      sensitivity: "plain",
      unit: "megahertz",
      max: 100_000,
      locates,
    }),
    channel: quantity({ is: "Channel.", sensitivity: "plain", unit: "count", max: 1_000, locates }),
    security: texts(8, 16, {
      is: "How the network lets devices in: open, owe, wep, wpa, wpa2, wpa3, enterprise.",
      sensitivity: "plain",
      locates,
    }),
    signal: reading({
      is: "Strength of the signal in decibels below a milliwatt: the fewer, the stronger.",
      sensitivity: "plain",
      unit: "decibels-below-milliwatt",
      max: 200,
      locates,
    }),
  },
});
