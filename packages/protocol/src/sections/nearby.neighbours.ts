/** Section `nearby.neighbours`: other devices on the same network, which tell where the device is. */
import { list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "nearby.neighbours",
  title: "Neighbours on the network",
  schema: 1,
  category: "nearby",
  purposes: ["inventory", "security"],
  sources: { linux: ["/proc/net/arp", "/proc/1/net/arp", "/usr/sbin/ip", "/usr/bin/ip", "/sbin/ip"] },
  fields: {
    neighbours: list(
      {
        is: "Devices that answered this one lately.",
        sensitivity: "plain",
        max: 512,
        key: ["address", "interface"],
        locates: "always",
      },
      {
        address: required(text(64, { is: "IP address.", sensitivity: "sensitive", own: true })),
        interface: required(text(64, { is: "The interface that it is behind.", sensitivity: "plain" })),
        mac: text(23, { is: "Hardware address.", sensitivity: "sensitive", own: true }),
      },
    ),
  },
});
