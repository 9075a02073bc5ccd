/** Section `dns`: whom the device asks for names. A provider's servers and domains tell a home's region. */
import { choice, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "dns",
  title: "Name resolution",
  schema: 1,
  category: "network",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/etc/resolv.conf",
      "/run/systemd/resolve/resolv.conf",
      "/run/NetworkManager/no-stub-resolv.conf",
      "/run/NetworkManager/resolv.conf",
      "/proc/net/route",
      "/proc/net/ipv6_route",
      "/proc/1/net/route",
      "/proc/1/net/ipv6_route",
    ],
  },
  fields: {
    resolver: choice(["direct", "systemd-resolved", "local"], {
      is: "Who asks the servers: each program, systemd-resolved, or another program of the device.",
      sensitivity: "plain",
    }),
    servers: texts(32, 64, {
      is: "Addresses of name servers that are not the network's router.",
      sensitivity: "plain",
      own: true,
      search: { field: "dns", as: "term", address: true },
      locates: "public-address",
    }),
    routerServers: texts(32, 64, {
      is: "Addresses of name servers that are the network's router.",
      sensitivity: "sensitive",
      own: true,
      locates: "always",
    }),
    domains: texts(32, 255, {
      is: "Domains in which short names are searched for.",
      sensitivity: "plain",
      own: true,
      // No address, so that all of them are left out of personal devices: a provider's name its region.
      locates: "public-address",
    }),
  },
});
