/** Addresses of this machine that no other can reach or answer at. */
import { isIPv4 } from "node:net";

/** `host` without brackets: 127.0.0.0/8, ::1 or localhost. A name that merely begins like one is none. */
export function isLoopback(host: string): boolean {
  return isIPv4(host) ? host.startsWith("127.") : /^(::1|localhost)$/i.test(host);
}
