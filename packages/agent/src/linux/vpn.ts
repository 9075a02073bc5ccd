/** Virtual private networks: by the names of their interfaces and of their configurations. Keys are never looked for. */
import type { DocumentNamed } from "@rollcall/protocol";

/** Kinds as their makers call them; `tunnel` where the name alone does not tell. */
export type VpnKind = Exclude<DocumentNamed<"vpn">["networks"], undefined>[number]["kind"];

export interface Vpn {
  readonly kind: VpnKind;
  readonly name: string;
}

const byName: readonly (readonly [RegExp, VpnKind])[] = [
  [/^tailscale\d+$/, "tailscale"],
  [/^zt[a-z0-9]{8,13}$/, "zerotier"],
  [/^CloudflareWARP$/, "warp"],
  [/^cscotun\d+$/, "anyconnect"],
  [/^gpd\d+$/, "globalprotect"],
  [/^(?:ipsec|vti|xfrm)\d+$/, "ipsec"],
  [/^ppp\d+$/, "ppp"],
  [/^(?:tun|tap)\w*$/, "tunnel"],
];

/** Of what kind an interface is; undefined for those of no VPN. `devtype` as its driver calls it. */
export function vpnKindOf(name: string, devtype: string | undefined): VpnKind | undefined {
  return (
    byName.find(([pattern]) => pattern.test(name))?.[1] ?? (devtype === "wireguard" ? devtype : undefined)
  );
}

/** Where programs keep one file for each of their networks, by whose name it is called. */
export const configurationFolders = [
  { folder: "/etc/wireguard", kind: "wireguard" },
  { folder: "/etc/openvpn", kind: "openvpn" },
  { folder: "/etc/openvpn/client", kind: "openvpn" },
  { folder: "/etc/openvpn/server", kind: "openvpn" },
  { folder: "/etc/swanctl/conf.d", kind: "ipsec" },
  { folder: "/var/lib/zerotier-one/networks.d", kind: "zerotier" },
] as const satisfies readonly { readonly folder: string; readonly kind: VpnKind }[];

/** The name of a configuration by that of its file; undefined for other files. */
export function configurationName(file: string): string | undefined {
  return /^(?!.*\.local\.conf$)(.{1,64})\.conf$/.exec(file)?.[1];
}

/** Connections of /etc/ipsec.conf; `%default` is what the others have in common. */
export function parseIpsecConf(text: string): Vpn[] {
  return text.split("\n", 10_000).flatMap((line) => {
    const name = /^conn\s+([^\s%#][^\s#]{0,63})/.exec(line)?.[1];
    return name === undefined ? [] : [{ kind: "ipsec", name }];
  });
}

const byService: ReadonlyMap<string, VpnKind> = new Map([
  ["openvpn", "openvpn"],
  ["openconnect", "anyconnect"],
  ["strongswan", "ipsec"],
  ["libreswan", "ipsec"],
  ["vpnc", "ipsec"],
  ["l2tp", "ppp"],
  ["pptp", "ppp"],
]);

/**
 * A connection of NetworkManager (nm-settings-keyfile(5)), where it is a VPN for everybody on the machine. The file
 * holds secrets too: of the section that they are in, only the kind of service is looked at.
 */
export function parseNmConnection(text: string): Vpn | undefined {
  const values = new Map<string, string>();
  let section = "";
  for (const line of text.split("\n", 1_000)) {
    section = /^\[([\w-]{1,64})\]\s*$/.exec(line)?.[1] ?? section;
    const [, key, value = ""] = /^(id|type|permissions|service-type)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && (section === "connection" || (section === "vpn" && key === "service-type")))
      values.set(key, value.trim());
  }
  const [name = "", type, owner = ""] = ["id", "type", "permissions"].map((key) => values.get(key));
  if (name === "" || owner !== "") return undefined;
  if (type === "wireguard") return { kind: "wireguard", name };
  const service = values.get("service-type")?.split(".").at(-1) ?? "";
  return type === "vpn" ? { kind: byService.get(service) ?? "other", name } : undefined;
}
