/** Proxies in front of the server: the addresses whose word about who asks, and how, is believed. */
import { BlockList, isIP } from "node:net";

export interface Proxies {
  /** Whether any are named: then the server speaks plain HTTP, and only to them. */
  readonly named: boolean;
  includes(address: string | undefined): boolean;
}

/** Addresses and networks such as `10.0.0.1` or `10.0.0.0/8`. Throws naming the one that is neither. */
export function readProxies(list: readonly string[]): Proxies {
  const known = new BlockList();
  for (const typed of list) {
    const [address = "", bits, ...rest] = typed.split("/");
    const version = isIP(address);
    const prefix = bits === undefined ? whole(version) : Number(bits);
    if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits ?? "0") || prefix > whole(version))
      throw new Error(`${typed} is no address or network of a proxy`);
    known.addSubnet(address, prefix, version === 4 ? "ipv4" : "ipv6");
  }
  return {
    named: list.length > 0,
    includes(address = "") {
      // A socket that takes both writes IPv4 so.
      const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
      const version = isIP(plain);
      return version !== 0 && known.check(plain, version === 4 ? "ipv4" : "ipv6");
    },
  };
}

const whole = (version: number) => (version === 4 ? 32 : 128);
