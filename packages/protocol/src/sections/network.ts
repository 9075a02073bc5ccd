/** Section `network`: network interfaces and their addresses. */
import { choice, flag, list, quantity, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "network",
  title: "Network",
  schema: 2,
  category: "network",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/sys/class/net",
      "getifaddrs(3)",
      "/proc/net/if_inet6",
      "/proc/net/fib_trie",
      "/proc/net/route",
      "/proc/1/net",
      "/proc/net/vlan/config",
    ],
    darwin: ["getifaddrs(3)"],
    win32: ["GetAdaptersAddresses"],
  },
  fields: {
    interfaces: list(
      { is: "Network interfaces.", sensitivity: "plain", max: 1_024, key: ["name"] },
      {
        name: required(text(64, { is: "Name of the interface.", sensitivity: "plain" })),
        mac: text(64, {
          is: "Hardware address.",
          sensitivity: "sensitive",
          own: true,
          search: { field: "mac", as: "key" },
        }),
        type: text(32, { is: "Kind of interface, such as ethernet.", sensitivity: "plain" }),
        driver: text(64, { is: "Driver of the interface.", sensitivity: "plain" }),
        speed: quantity({
          is: "Speed of the link.",
          sensitivity: "plain",
          unit: "megabits-per-second",
          max: 10_000_000,
        }),
        up: flag({ is: "Whether it is up and has a link.", sensitivity: "plain" }),
        duplex: choice(["full", "half"], {
          is: "Whether the link sends and receives at the same time.",
          sensitivity: "plain",
        }),
        mtu: quantity({
          is: "Largest packet that it sends.",
          sensitivity: "plain",
          unit: "bytes",
          max: 2 ** 32,
        }),
        master: text(64, { is: "The bond or bridge that it belongs to.", sensitivity: "plain" }),
        parent: text(64, { is: "The interface that it is made on top of.", sensitivity: "plain" }),
        vlan: quantity({ is: "Number of the VLAN.", sensitivity: "plain", unit: "count", max: 4_094 }),
        addresses: texts(256, 64, {
          is: "IP addresses with their prefix length.",
          sensitivity: "sensitive",
          own: true,
          search: { field: "ip", as: "key", address: true },
          locates: "public-address",
        }),
      },
    ),
  },
});
