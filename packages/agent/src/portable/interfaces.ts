/** Network interfaces of a Mac or of Windows as Node tells them: those with an address, and their hardware addresses. */
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { type Look, present } from "../collecting/collector.ts";

export const portableNetwork = {
  reads: [],
  collect(look: Look) {
    const interfaces = look.live ? interfacesOf(networkInterfaces()) : [];
    return interfaces.length > 0 ? { document: { interfaces } } : { nothing: "none" as const };
  },
};

type Told = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Of IPv6 addresses it does not tell which of them stay: the others change by themselves every day. */
export function interfacesOf(told: Told) {
  return Object.entries(told).flatMap(([name, addresses = []]) => {
    const own = addresses.filter(({ internal }) => !internal);
    if (own.length === 0) return [];
    const lasting = own.flatMap(({ family, cidr }) => (family === "IPv4" && cidr !== null ? [cidr] : []));
    return present({
      name,
      mac: hardwareAddress(own[0]?.mac),
      addresses: lasting.length > 0 ? lasting : undefined,
    });
  });
}

/** Not one that was made up: the second bit of its first byte says so. */
function hardwareAddress(mac: string | undefined): string | undefined {
  if (mac === undefined || !/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) return undefined;
  const isMadeUp = (Number.parseInt(mac.slice(0, 2), 16) & 0x02) !== 0;
  return isMadeUp || /^[0:]+$/.test(mac) ? undefined : mac.toLowerCase();
}
