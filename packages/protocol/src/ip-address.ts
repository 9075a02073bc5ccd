/** IP addresses as they stand in documents and queries, with or without a prefix length. */
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Reads an address; null when it is none. IPv4 has four decimal parts: what else `inet_aton` takes (`10.1`) is
 * no address here. One mapped into IPv6 is read as the IPv4 address that it is.
 */
export function readAddress(text: string): Address | null {
  const address = text.replace(/\/\d{1,3}$/, "");
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return null;
  return ipaddr.process(address);
}

/** The address in its one form, lower case and without a prefix length; null when it is none. */
export function plainAddress(text: string): string | null {
  return readAddress(text)?.toString() ?? null;
}

const network = /^(.+)\/(\d{1,3})$/;
/** Bits before the IPv4 address that is mapped into an IPv6 one. */
const mappedBits = 96;

function parsedNetwork(text: string): [Address, number] | null {
  const [, address = "", length] = network.exec(text) ?? [];
  const mapped = ipaddr.IPv6.isValid(address) && ipaddr.IPv6.parse(address).isIPv4MappedAddress();
  const read = length === undefined || address.includes("/") ? null : readAddress(address);
  const bits = Number(length) - (mapped ? mappedBits : 0);
  const most = read?.kind() === "ipv4" ? 32 : 128;
  return read && bits >= 0 && bits <= most ? [read, bits] : null;
}

/** A network such as `10.0.0.0/8` in its one form, the bits behind the prefix being zero; null when it is none. */
export function readNetwork(text: string): string | null {
  const parsed = parsedNetwork(text);
  if (!parsed) return null;
  const [address, bits] = parsed;
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - 8 * index));
    return byte & (0xff << (8 - kept));
  });
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}
