/** What kind of interface a folder below /sys/class/net describes, and which of them are nobody's to list. */

export interface InterfaceFacts {
  readonly name: string;
  /** ARPHRD_ number of linux/if_arp.h. */
  readonly hardware: number | undefined;
  /** DEVTYPE of its uevent file: what the driver calls it. */
  readonly devtype: string | undefined;
  /** Names in its folder. */
  readonly entries: ReadonlySet<string>;
  /** Its index is not that of what it is linked to: one end of a cable, the other elsewhere. */
  readonly isLinked: boolean;
}

/** Undefined for kinds that nobody asks for by name. */
export function kindOf(facts: InterfaceFacts): string | undefined {
  const { hardware, devtype, entries } = facts;
  const told = kindsByDevtype.get(devtype ?? "") ?? kindsByEntry.find(([entry]) => entries.has(entry))?.[1];
  if (told !== undefined) return told;
  if (hardware !== ethernet) return kindsByHardware.get(hardware ?? -1);
  return isDevice(facts) || facts.isLinked ? "ethernet" : "virtual";
}

const ethernet = 1;
const loopback = 772;

const itself = (name: string) => [name, name] as const;

const kindsByDevtype: ReadonlyMap<string, string> = new Map([
  ["wlan", "wifi"],
  ["geneve", "tunnel"],
  ...["bluetooth", "bond", "bridge", "ipvlan", "macsec", "macvlan", "macvtap"].map(itself),
  ...["ppp", "team", "vlan", "vxlan", "wireguard", "wwan"].map(itself),
]);

/** Drivers of an older make say nothing, but add to the folder. */
const kindsByEntry = [
  ["phy80211", "wifi"],
  ["wireless", "wifi"],
  ["bridge", "bridge"],
  ["bonding", "bond"],
  ["tun_flags", "tunnel"],
] as const;

const kindsByHardware: ReadonlyMap<number, string> = new Map([
  [24, "firewire"],
  [32, "infiniband"],
  [280, "can"],
  [512, "ppp"],
  [519, "wwan"],
  [768, "tunnel"],
  [769, "tunnel"],
  [776, "tunnel"],
  [778, "tunnel"],
  [801, "wifi"],
  [802, "wifi"],
  [803, "wifi"],
  [823, "tunnel"],
  [65534, "tunnel"],
]);

/** Whether there is a device behind it, also a virtual machine's. */
export function isDevice({ entries }: InterfaceFacts): boolean {
  return entries.has("device");
}

/** Names that the kernel gives to one tunnel of each kind as soon as its module is loaded. */
const spareTunnels: ReadonlySet<string> = new Set([
  "erspan0",
  "gre0",
  "gretap0",
  "ip6_vti0",
  "ip6gre0",
  "ip6tnl0",
  "ip_vti0",
  "sit0",
  "tunl0",
]);

/**
 * Whether an interface is left out: the loopback, the host's ends of the cables to containers and virtual machines,
 * which come and go with them, and what the kernel makes in store. In a container the other end of such a cable is
 * all there is: it has an address.
 */
export function isLeftOut(facts: InterfaceFacts, hasAddress: boolean): boolean {
  const { name, hardware, devtype, entries } = facts;
  if (hardware === loopback || name === "lo") return true;
  if (isDevice(facts)) return false;
  if (name.startsWith("veth") || (entries.has("brport") && devtype === undefined)) return true;
  if (hasAddress) return false;
  const kind = kindOf(facts);
  return kind === undefined || kind === "virtual" || kind === "ethernet" || spareTunnels.has(name);
}

/** Whether it leads to containers and virtual machines of this machine, by the names that their programs give. */
export function isOfGuests(name: string): boolean {
  return /^(?:br-[0-9a-f]{12}$|veth|docker|podman|virbr|vnet|cni|cali|flannel|cilium|lxc|lxd|vxlan\.calico)/.test(
    name,
  );
}
