/** Section `nearby.access-points`: access points in reach, which are other people's and tell where the device is. */
import { choice, list, quantity, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "nearby.access-points",
  title: "Access points nearby",
  schema: 1,
  category: "nearby",
  purposes: ["inventory", "security"],
  sources: { linux: ["/sys/class/net", "/usr/sbin/iw", "/sbin/iw", "/usr/bin/nmcli"] },
  fields: {
    accessPoints: list(
      {
        is: "Access points that were heard in the last minutes; those whose owners asked to be left out are.",
        sensitivity: "plain",
        max: 128,
        key: ["bssid"],
        locates: "always",
      },
      {
        bssid: required(
          text(17, { is: "Hardware address of the access point.", sensitivity: "sensitive", own: true }),
        ),
        ssid: text(256, {
          is: "Name of its network; what is no text in it stands as \\x and two hexadecimal digits.",
          sensitivity: "sensitive",
          own: true,
        }),
        channel: quantity({ is: "Channel.", sensitivity: "plain", unit: "count", max: 1_000 }),
        signal: choice(["strong", "fair", "weak"], {
          is: "Strength of the signal: over -60 dBm, over -75 dBm, or less.",
          sensitivity: "plain",
        }),
        security: texts(8, 16, {
          is: "How the network lets devices in: open, owe, wep, wpa, wpa2, wpa3, enterprise.",
          sensitivity: "plain",
        }),
      },
    ),
  },
});
