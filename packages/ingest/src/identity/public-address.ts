/** How other machines reach this server, and by what they are to recognise it. */
import { isLoopback } from "../http/loopback.ts";
import { type Certificate, topOf } from "./certificate.ts";
import type { ServerKeys } from "./server-keys.ts";

export interface PublicAddress {
  /** `https://HOST[:PORT]`; null where other machines have none. */
  readonly url: string | null;
  /** The CA that agents have to trust, PEM; null where their system's trust store is to know it. */
  ca(): string | null;
  /** The same also for an operator's certificate; null where only the proxy knows what it shows. */
  pinned(): string | null;
}

/** `operators`: its certificate, where there is one; `isOwn`: whether the server shows one under its own CA. */
export function publicAddress(
  url: string | null,
  operators: Certificate | null,
  isOwn: boolean,
  keys: ServerKeys,
): PublicAddress {
  const ca = () => (isOwn ? keys.trustedCas : null);
  return {
    url: url !== null && !isLoopback(hostOf(url)) ? url : null,
    ca,
    pinned: () => ca() ?? (operators && topOf(operators.shown.cert)),
  };
}

/** The host of a URL; an IPv6 address without its brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
}
