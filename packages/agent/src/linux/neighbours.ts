/** Who has answered on the network: /proc/net/arp of IPv4, and what `ip -j neigh` prints of IPv6. */
import { isIP } from "node:net";
import { isOfGuests } from "./interface-kind.ts";
import { parseMac } from "./mac-address.ts";

export interface Neighbour {
  readonly address: string;
  readonly mac: string;
  readonly interface: string;
}

/** A large network's router knows tens of thousands. */
const mostLines = 4_096;

/** ATF_COM of linux/if_arp.h: the other one has answered. */
const complete = 0x2;

export function parseArp(text: string): Neighbour[] {
  return text.split("\n", mostLines).flatMap((line) => {
    const [address = "", , flags = "", hardware, , name = ""] = line.trim().split(/ +/, 6);
    const isComplete = /^0x[0-9a-f]{1,4}$/i.test(flags) && (Number.parseInt(flags, 16) & complete) !== 0;
    return isComplete ? neighbourOf(address, hardware, name) : [];
  });
}

/** What `ip -json -6 neigh` prints; no array where it knows nobody. */
export function parseIpNeigh(text: string): Neighbour[] {
  const rows = arrayIn(text).slice(0, mostLines);
  return rows.flatMap((row) => {
    const [address, mac, name, state] = ["dst", "lladdr", "dev", "state"].map((key): unknown =>
      Reflect.get(Object(row), key),
    );
    const isGone = Array.isArray(state) && state.some((each) => each === "FAILED" || each === "NOARP");
    if (isGone || typeof address !== "string" || typeof mac !== "string" || typeof name !== "string")
      return [];
    return neighbourOf(address, mac, name);
  });
}

function arrayIn(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function neighbourOf(address: string, hardware: string | undefined, name: string): Neighbour[] {
  const mac = parseMac(hardware);
  if (isIP(address) === 0 || mac === undefined || name === "" || isOfGuests(name)) return [];
  return [{ address: address.toLowerCase(), mac, interface: name }];
}
