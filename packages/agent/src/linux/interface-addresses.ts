/** IP addresses of the interfaces, from the kernel's tables below /proc/net (proc(5), fib_trie.txt). */
import { isIPv4 } from "node:net";

/** Addresses with their prefix length, by interface. */
export type InterfaceAddresses = ReadonlyMap<string, readonly string[]>;

/** A router's tables go on and on; a document has no room for so many addresses. */
const mostLines = 100_000;

/** Flags of /proc/net/if_inet6 (linux/if_addr.h). */
const flags = { temporary: 0x01, failed: 0x08, deprecated: 0x20, tentative: 0x40, permanent: 0x80 } as const;

/**
 * What /proc/net/if_inet6 lists, without the addresses that move by themselves: temporary ones change daily
 * (RFC 8981), tentative and failed ones are none, deprecated ones go when their time is over (not those that
 * somebody has set so for good). Without link-local ones, which tell nothing that the interface does not.
 */
export function parseIfInet6(text: string): InterfaceAddresses {
  const found = new Map<string, string[]>();
  for (const line of text.split("\n", mostLines)) {
    const [digits = "", , prefix = "", , flag = "", name = ""] = line.trim().split(/ +/, 6);
    if (!/^[0-9a-f]{32}$/i.test(digits) || !/^[0-9a-f]{1,2}$/i.test(prefix) || name === "") continue;
    const length = Number.parseInt(prefix, 16);
    if (length <= 128 && stays(Number.parseInt(flag, 16)) && !isLocal(digits))
      put(found, name, `${ipv6Of(digits)}/${length}`);
  }
  return found;
}

/** Link-local (fe80::/10), loopback, or none. */
const isLocal = (digits: string): boolean => /^(?:fe[89ab]|0{31}[01]$)/i.test(digits);

function stays(flag: number): boolean {
  if (flag & (flags.temporary | flags.failed | flags.tentative)) return false;
  return !(flag & flags.deprecated) || (flag & flags.permanent) !== 0;
}

/** In the form of RFC 5952. */
export function ipv6Of(digits: string): string {
  const groups = digits.match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

function put(found: Map<string, string[]>, name: string, address: string): void {
  const addresses = found.get(name) ?? [];
  addresses.push(address);
  found.set(name, addresses);
}

/** IPv4 addresses in dotted form. */
export interface LocalAddresses {
  readonly addresses: readonly string[];
  readonly broadcasts: ReadonlySet<string>;
}

/** The machine's own addresses in /proc/net/fib_trie, and the broadcast addresses of its networks. */
export function parseFibTrie(text: string): LocalAddresses {
  const addresses = new Set<string>();
  const broadcasts = new Set<string>();
  let leaf: string | undefined;
  for (const line of text.split("\n", mostLines)) {
    leaf = /^ *\|-- (\d[\d.]{6,14})$/.exec(line)?.[1] ?? leaf;
    const type = /^ *\/32 \w+ (LOCAL|BROADCAST)$/.exec(line)?.[1];
    if (type === undefined || leaf === undefined || !isIPv4(leaf)) continue;
    if (type === "BROADCAST") broadcasts.add(leaf);
    else if (isLasting(leaf)) addresses.add(leaf);
  }
  return { addresses: [...addresses], broadcasts };
}

export interface ConnectedRoute {
  readonly interface: string;
  readonly network: number;
  /** Of the prefix. */
  readonly length: number;
}

/** Flags of /proc/net/route (linux/route.h). */
const routeFlags = { up: 0x1, gateway: 0x2, reject: 0x200 } as const;

/** Routes to the networks that interfaces are in themselves, from /proc/net/route, whose numbers are little-endian. */
export function parseConnectedRoutes(text: string): ConnectedRoute[] {
  return text.split("\n", mostLines).flatMap((line) => {
    const [name, destination = "", , flag = "", , , , netmask = ""] = line.trim().split(/[\t ]+/, 8);
    if (name === undefined || !/^[0-9a-f]{8}$/i.test(destination) || !/^[0-9a-f]{8}$/i.test(netmask))
      return [];
    const mask = swapped(netmask);
    const kind = Number.parseInt(flag, 16) & (routeFlags.up | routeFlags.gateway | routeFlags.reject);
    // A mask that is none belongs to a machine of the other byte order.
    if (kind !== routeFlags.up || mask === 0 || !isMask(mask)) return [];
    return [{ interface: name, network: swapped(destination), length: Math.clz32(~mask) }];
  });
}

/** Of a number whose bytes stand in the order of the usual machines. */
export const swapped = (digits: string): number => Buffer.from(digits, "hex").readUInt32LE();

export const isMask = (mask: number): boolean => (~mask & (~mask + 1)) === 0;

/**
 * The IPv4 addresses of each interface as far as the tables tell it: the address lies in a network whose route
 * leads to one interface only, and the kernel keeps that network's broadcast address, which it does for the prefix
 * that an address was given with, and not for a route that somebody added. The others are counted.
 */
export function ipv4Addresses(
  { addresses, broadcasts }: LocalAddresses,
  routes: readonly ConnectedRoute[],
): { readonly placed: InterfaceAddresses; readonly unplaced: number } {
  const placed = new Map<string, string[]>();
  let unplaced = 0;
  const interfaces = interfacesByNetwork(routes);
  for (const address of addresses) {
    const number = ipv4Number(address);
    const length = prefixLengths.find(
      (each) => interfaces.has(networkOf(number, each)) && hasBroadcast(number, each, broadcasts),
    );
    const [name, ...others] = (length !== undefined && interfaces.get(networkOf(number, length))) || [];
    if (name !== undefined && others.length === 0) put(placed, name, `${address}/${length}`);
    else unplaced++;
  }
  return { placed, unplaced };
}

/** Of the networks that an address may be in, the closest first; no route leads to one of 32 bits. */
const prefixLengths: readonly number[] = Array.from({ length: 31 }, (_, index) => 31 - index);

const maskOf = (length: number): number => (-1 << (32 - length)) >>> 0;

const networkOf = (address: number, length: number): string =>
  `${(address & maskOf(length)) >>> 0}/${length}`;

/** Networks of two addresses have none. */
function hasBroadcast(address: number, length: number, broadcasts: ReadonlySet<string>): boolean {
  return length === 31 || broadcasts.has(ipv4Of((address | ~maskOf(length)) >>> 0));
}

/** By network, in the form of `networkOf`. */
function interfacesByNetwork(routes: readonly ConnectedRoute[]): ReadonlyMap<string, ReadonlySet<string>> {
  const interfaces = new Map<string, Set<string>>();
  for (const { interface: name, network, length } of routes) {
    const key = `${network}/${length}`;
    interfaces.set(key, (interfaces.get(key) ?? new Set()).add(name));
  }
  return interfaces;
}

/** Not loopback, nor what an interface that was given no address gives itself, at random. */
export function isLasting(ipv4: string): boolean {
  return !ipv4.startsWith("127.") && !ipv4.startsWith("169.254.");
}

const ipv4Number = (address: string): number => Buffer.from(address.split(".").map(Number)).readUInt32BE();

export const ipv4Of = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
