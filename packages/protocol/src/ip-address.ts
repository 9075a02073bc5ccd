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
