/** Routes of the main table, from /proc/net/route and /proc/net/ipv6_route (linux/route.h, linux/ipv6_route.h). */
import { ipv4Of, ipv6Of, isMask, swapped } from "./interface-addresses.ts";
import { isOfGuests } from "./interface-kind.ts";

export interface Route {
  readonly family: "ipv4" | "ipv6";
  /** Where it leads, with its prefix length; a default route's length is 0. */
  readonly destination: string;
  readonly length: number;
  readonly interface: string;
  readonly metric: number;
  /** The router that it goes through; absent when the destination is reached directly. */
  readonly gateway?: string;
}

/** A router may have a million; nobody reads them. */
export const mostBytes = 2 ** 22;

const flags = { up: 0x1, gateway: 0x2, host: 0x4, reject: 0x200 } as const;
/** Of IPv6 routes that are the machine's own addresses, copies or anycast. */
const ownFlags = 0x8000_0000 + 0x0100_0000 + 0x0010_0000;

/** As the kernel has them, which never are paths. */
const isName = (name: string): boolean => /^[^/]{1,15}$/.test(name) && !/^\.\.?$/.test(name);

/** Whether it leads somewhere. */
const isInForce = (flag: number): boolean => (flag & (flags.up | flags.reject)) === flags.up;

export function parseIpv4Routes(text: string): Route[] {
  return text.split("\n").flatMap((line): Route[] => {
    const [name = "", to = "", via = "", flag = "", , , metric = "", mask = ""] = line
      .trim()
      .split(/[\t ]+/, 8);
    const isRow = [to, via, mask].every((digits) => /^[0-9a-f]{8}$/i.test(digits)) && isName(name);
    if (!isRow || !/^[0-9a-f]{4}$/i.test(flag)) return [];
    const bits = Number.parseInt(flag, 16);
    if (!isInForce(bits) || !isMask(swapped(mask)) || !/^\d{1,10}$/.test(metric)) return [];
    const length = swapped(mask) === 0 ? 0 : Math.clz32(~swapped(mask));
    const gateway = bits & flags.gateway ? { gateway: ipv4Of(swapped(via)) } : {};
    const destination = `${ipv4Of(swapped(to))}/${length}`;
    return [{ family: "ipv4", destination, length, interface: name, metric: Number(metric), ...gateway }];
  });
}

export function parseIpv6Routes(text: string): Route[] {
  return text.split("\n").flatMap((line): Route[] => {
    const [to = "", prefix = "", , , via = "", metric = "", , , flag = "", name = ""] = line
      .trim()
      .split(/ +/, 10);
    const isRow = [to, via].every((digits) => /^[0-9a-f]{32}$/i.test(digits)) && isName(name);
    if (!isRow || ![metric, flag].every((digits) => /^[0-9a-f]{8}$/i.test(digits))) return [];
    const bits = Number.parseInt(flag, 16);
    const length = Number.parseInt(prefix, 16);
    // Beyond 32 bits JavaScript's operators would turn the sign.
    if (!isInForce(bits % 0x1_0000) || isOwn(bits) || !(length <= 128)) return [];
    const gateway = /^0+$/.test(via) ? {} : { gateway: ipv6Of(via) };
    const destination = `${ipv6Of(to)}/${length}`;
    const number = Number.parseInt(metric, 16);
    return [{ family: "ipv6", destination, length, interface: name, metric: number, ...gateway }];
  });
}

const isOwn = (bits: number): boolean => (BigInt(bits) & BigInt(ownFlags)) !== 0n;

/** What a person is told of: not the networks that the machine is in itself, which its addresses tell already. */
export function toldRoutes(routes: readonly Route[], isTunnel: (name: string) => boolean): Route[] {
  return routes.filter(
    ({ family, destination, length, interface: name, gateway }) =>
      length > 0 &&
      // To a single address: a VPN's other end, a container.
      length < (family === "ipv4" ? 32 : 128) &&
      !isOfGuests(name) &&
      !/^f[ef][0-9a-f]{2}:/.test(destination) &&
      (isTunnel(name) || (gateway !== undefined && isPrivate(destination))),
  );
}

/** Where public addresses lie tells where the device is, be it the network that its provider gave to it. */
const isPrivate = (destination: string): boolean =>
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/.test(
    destination,
  );

/** NetworkManager adds so much while a connection does not reach the internet, and takes it off again. */
const penalty = 20_000;

export const lastingMetric = (metric: number): number =>
  metric >= penalty && metric < 2 * penalty ? metric - penalty : metric;

/** The default routes, the preferred one of each interface. */
export function defaultRoutes(routes: readonly Route[]): Route[] {
  const best = new Map<string, Route>();
  const found = routes.filter(({ length, interface: name }) => length === 0 && name !== "lo");
  for (const route of found.toSorted((a, b) => b.metric - a.metric))
    best.set(`${route.family} ${route.interface}`, route);
  return [...best.values()];
}
