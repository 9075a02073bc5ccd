/** Collector of section `vpn`: interfaces and configurations by their names; other ends and keys are left alone. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import {
  configurationFolders,
  configurationName,
  parseIpsecConf,
  parseNmConnection,
  type Vpn,
  vpnKindOf,
} from "../linux/vpn.ts";

const classFolder = "/sys/class/net";
const ipsecConf = "/etc/ipsec.conf";
const tailscaleState = "/var/lib/tailscale/tailscaled.state";
const nmFolder = "/etc/NetworkManager/system-connections";
const mostConnections = 256;

export const collector = defineCollector({
  section: "vpn",
  platforms: {
    linux: {
      reads: [
        `${classFolder}/*/uevent`,
        ...configurationFolders.map(({ folder }) => folder),
        ipsecConf,
        tailscaleState,
        nmFolder,
      ],
      collect(look) {
        const configured = configurations(look);
        const up = interfaces(look);
        const networks = new Map<string, Vpn & { readonly configured: boolean; readonly up: boolean }>();
        for (const vpn of [...configured, ...up]) {
          const is = ({ kind, name }: Vpn) => kind === vpn.kind && name === vpn.name;
          const network = { ...vpn, configured: configured.some(is), up: up.some(is) };
          networks.set(`${vpn.kind} ${vpn.name}`, network);
        }
        return networks.size > 0 ? { document: { networks: [...networks.values()] } } : { nothing: "none" };
      },
    },
  },
});

function interfaces(look: Look): Vpn[] {
  return look.names(classFolder).flatMap((name) => {
    const devtype = /^DEVTYPE=(.+)$/m.exec(look.text(`${classFolder}/${name}/uevent`) ?? "")?.[1];
    const kind = vpnKindOf(name, devtype);
    return kind === undefined ? [] : [{ kind, name }];
  });
}

function configurations(look: Look): Vpn[] {
  const named = configurationFolders.flatMap(({ folder, kind }) =>
    look.names(folder).flatMap((file): Vpn[] => {
      const name = configurationName(file);
      return name === undefined ? [] : [{ kind, name }];
    }),
  );
  const tailscale: Vpn[] = look.exists(tailscaleState) ? [{ kind: "tailscale", name: "tailscale0" }] : [];
  return [...named, ...parseIpsecConf(look.text(ipsecConf) ?? ""), ...tailscale, ...nmConnections(look)];
}

function nmConnections(look: Look): Vpn[] {
  const files = look.names(nmFolder).filter((file) => file.endsWith(".nmconnection"));
  return files
    .slice(0, mostConnections)
    .flatMap((file) => parseNmConnection(look.text(`${nmFolder}/${file}`) ?? "") ?? []);
}
