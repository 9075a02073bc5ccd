/** Collector of section `network`: interfaces from /sys/class/net, their addresses from the kernel's tables. */
import { networkInterfaces } from "node:os";
import { basename } from "node:path/posix";
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import {
  type InterfaceAddresses,
  ipv4Addresses,
  isLasting,
  type LocalAddresses,
  parseConnectedRoutes,
  parseFibTrie,
  parseIfInet6,
} from "../linux/interface-addresses.ts";
import { type InterfaceFacts, isLeftOut, kindOf } from "../linux/interface-kind.ts";
import { linkOf, lowerOf, parseMtu, parseVlanId, vlanTable } from "../linux/interface-link.ts";
import { parseMac } from "../linux/mac-address.ts";
import { portableNetwork } from "../portable/interfaces.ts";

const classFolder = "/sys/class/net";
const ownTables = "/proc/net";
/** Below another root that is a running system's, /proc/net is this process's network all the same. */
const firstTables = "/proc/1/net";

const tables = ["if_inet6", "fib_trie", "route"];

export const collector = defineCollector({
  section: "network",
  platforms: {
    linux: {
      reads: [classFolder, ...tables.map((table) => `${ownTables}/${table}`), firstTables, vlanTable],
      collect(look) {
        const addresses = addressesIn(look);
        const interfaces = look.names(classFolder).flatMap((name) => {
          const facts = factsOf(look, name);
          const own = [...new Set(addresses.flatMap((table) => table.get(name) ?? []))];
          return !isLeftOut(facts, own.length > 0) ? [interfaceOf(look, facts, own)] : [];
        });
        return interfaces.length > 0 ? { document: { interfaces } } : { nothing: "none" };
      },
    },
    darwin: portableNetwork,
    win32: portableNetwork,
  },
});

function factsOf(look: Look, name: string): InterfaceFacts {
  const entries = new Set(look.names(`${classFolder}/${name}`));
  const file = (attribute: string) =>
    entries.has(attribute) ? look.text(`${classFolder}/${name}/${attribute}`)?.trim() : undefined;
  const hardware = /^\d{1,5}$/.exec(file("type") ?? "")?.[0];
  return {
    name,
    hardware: hardware === undefined ? undefined : Number(hardware),
    devtype: /^DEVTYPE=(.+)$/m.exec(file("uevent") ?? "")?.[1],
    entries,
    isLinked: file("iflink") !== file("ifindex"),
  };
}

function interfaceOf(look: Look, facts: InterfaceFacts, addresses: readonly string[]) {
  const { name } = facts;
  const type = kindOf(facts);
  const file = (attribute: string) => look.text(`${classFolder}/${name}/${attribute}`)?.trim();
  return present({
    name,
    mac: macOf(type, file),
    type,
    driver: nameBehind(look.link(`${classFolder}/${name}/device/driver`)),
    ...linkOf(facts, file),
    mtu: parseMtu(file("mtu")),
    master: nameBehind(look.link(`${classFolder}/${name}/master`)),
    parent: lowerOf(facts, type),
    vlan: type === "vlan" ? parseVlanId(look.text(vlanTable), name) : undefined,
    addresses: addresses.length > 0 ? [...addresses] : undefined,
  });
}

const nameBehind = (link: string | undefined): string | undefined =>
  link === undefined ? undefined : basename(link);

/** How addr_assign_type says that the kernel made an address up; the next start makes another. */
const random = "1";
/** ... and that it was set: of Wi-Fi, often another one for each network. */
const set = "3";

/**
 * The hardware's own address, which may hide behind the one in use: a bond gives its members one of its own, and
 * Wi-Fi is given made-up ones. Bridges, tunnels and the like borrow or make up theirs.
 */
function macOf(
  type: string | undefined,
  file: (attribute: string) => string | undefined,
): string | undefined {
  const inUse = () => {
    const assigned = file("addr_assign_type");
    return assigned === random || (type === "wifi" && assigned === set) ? undefined : file("address");
  };
  switch (type) {
    case "ethernet":
      return parseMac(file("bonding_slave/perm_hwaddr") ?? inUse());
    case "wifi":
      return parseMac(file("phy80211/macaddress") ?? inUse());
    case "infiniband":
      // Of 20 bytes the first 12 change with the subnet and from start to start; the rest is the port's GUID.
      return parseMac(file("address")?.split(":").slice(-8).join(":"));
    default:
      return undefined;
  }
}

/** What several sources tell; none tells all of it. */
function addressesIn(look: Look): InterfaceAddresses[] {
  const folder = !look.live && look.exists(firstTables) ? firstTables : ownTables;
  const table = (name: string) => look.text(`${folder}/${name}`) ?? "";
  const told = look.live ? toldBySystem(look) : new Map<string, string[]>();
  const { placed, unplaced } = ipv4Addresses(
    without(told, parseFibTrie(table("fib_trie"))),
    parseConnectedRoutes(table("route")),
  );
  if (unplaced > 0) look.note(`of ${unplaced} IPv4 addresses it is not certain which interface has them`);
  return [told, placed, parseIfInet6(table("if_inet6"))];
}

/** The system is exact, so the tables are asked only for what it left out. */
function without(told: InterfaceAddresses, local: LocalAddresses): LocalAddresses {
  const known = new Set([...told.values()].flat().map((address) => address.replace(/\/.*/, "")));
  return { ...local, addresses: local.addresses.filter((address) => !known.has(address)) };
}

/** IPv4 addresses of the interfaces that are up and have a carrier; of IPv6 ones the system call does not tell which stay. */
function toldBySystem(look: Look): InterfaceAddresses {
  try {
    const found = new Map<string, string[]>();
    for (const [label, addresses = []] of Object.entries(networkInterfaces())) {
      // `eth0:1` labels a further address of eth0.
      const name = label.replace(/:.*/, "");
      const told = addresses.flatMap(({ family, address, cidr }) =>
        family === "IPv4" && cidr !== null && isLasting(address) ? [cidr] : [],
      );
      found.set(name, [...(found.get(name) ?? []), ...told]);
    }
    return found;
  } catch (error) {
    look.note(`the system does not tell its addresses: ${error instanceof Error ? error.message : error}`);
    return new Map();
  }
}
