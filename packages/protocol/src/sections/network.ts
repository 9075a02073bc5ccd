/** Section `network`: network interfaces and their addresses. */
import { list, quantity, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "network",
  title: "Network",
  schema: 1,
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
    ],
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
