/** Section `vpn`: virtual private networks that the device is set up for, by name and kind alone. */
import { choice, flag, list, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "vpn",
  title: "Virtual private networks",
  schema: 1,
  category: "network",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/sys/class/net/*/uevent",
      "/etc/wireguard",
      "/etc/openvpn",
      "/etc/swanctl/conf.d",
      "/var/lib/zerotier-one/networks.d",
      "/etc/ipsec.conf",
      "/var/lib/tailscale/tailscaled.state",
      "/etc/NetworkManager/system-connections",
    ],
  },
  fields: {
    networks: list(
      {
        is: "Virtual private networks for everybody on the device.",
        sensitivity: "plain",
        max: 256,
        key: ["kind", "name"],
      },
      {
        kind: required(
          choice(
            [
              "anyconnect",
              "globalprotect",
              "ipsec",
              "openvpn",
              "other",
              "ppp",
              "tailscale",
              "tunnel",
              "warp",
              "wireguard",
              "zerotier",
            ],
            { is: "What kind it is.", sensitivity: "plain", search: { field: "vpn", as: "term" } },
          ),
        ),
        name: required(
          text(128, { is: "Name of its configuration or interface.", sensitivity: "plain", own: true }),
        ),
        configured: flag({ is: "Whether a configuration of it is there.", sensitivity: "plain" }),
        up: flag({ is: "Whether its interface is there.", sensitivity: "plain", own: true }),
      },
    ),
  },
});
