/** Section `routes`: where the device sends what is for other networks. Routers' addresses tell where it is. */
import { choice, list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

const metric = quantity({
  is: "The lower, the more it is preferred.",
  sensitivity: "plain",
  unit: "count",
  max: 2 ** 32,
});

export const definition = defineSection({
  name: "routes",
  title: "Routes",
  schema: 1,
  category: "network",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/proc/net/route",
      "/proc/net/ipv6_route",
      "/proc/1/net/route",
      "/proc/1/net/ipv6_route",
      "/sys/class/net/*/type",
    ],
  },
  fields: {
    gateways: list(
      { is: "Default routes.", sensitivity: "plain", max: 64, key: ["family", "interface"] },
      {
        family: required(choice(["ipv4", "ipv6"], { is: "Family of addresses.", sensitivity: "plain" })),
        interface: required(text(64, { is: "The interface that it uses.", sensitivity: "plain" })),
        metric,
        address: text(64, {
          is: "Address of the router.",
          sensitivity: "sensitive",
          own: true,
          locates: "always",
        }),
      },
    ),
    routes: list(
      {
        is: "Routes through other routers to private networks, and into tunnels.",
        sensitivity: "plain",
        max: 256,
        key: ["destination", "interface"],
      },
      {
        destination: required(text(64, { is: "The network with its prefix length.", sensitivity: "plain" })),
        interface: required(text(64, { is: "The interface that it uses.", sensitivity: "plain" })),
        metric,
        gateway: text(64, {
          is: "Address of the router.",
          sensitivity: "sensitive",
          own: true,
          locates: "always",
        }),
      },
    ),
  },
});
