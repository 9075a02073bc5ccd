/** The listeners on the network: which there are, what each speaks and to whom, and the certificate that they show. */
import type { Door } from "./http/authenticate.ts";
import { isLoopback } from "./http/loopback.ts";
import { type Proxies, readProxies } from "./http/proxies.ts";
import { type Certificate, operatorCertificate, ownCertificate } from "./identity/certificate.ts";
import { hostOf, type PublicAddress, publicAddress } from "./identity/public-address.ts";
import type { ServerKeys } from "./identity/server-keys.ts";
import type { ListenerOptions } from "./listening.ts";

/** Where a listener is. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface NetworkOptions {
  /** For devices, the page and the API; none when only the local sockets are wanted. */
  readonly listen?: Place;
  /** For the page and the API, which `listen` then has not. */
  readonly listenAdmin?: Place;
  /** `https://HOST[:PORT]` by which other machines reach it. */
  readonly publicUrl?: string;
  /** Files of the operator's certificate, PEM; without them the server makes its own. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Addresses of the proxies in front of it, which speak TLS in its place. */
  readonly proxies?: readonly string[];
}

/** A listener that is to be opened. */
export type Plan = Pick<ListenerOptions, "shown" | "admits"> & {
  readonly door: Door;
  readonly where: Place;
};

export interface Network {
  readonly proxies: Proxies;
  readonly address: PublicAddress;
  readonly certificate: Certificate | null;
  readonly main: Plan | null;
  readonly admin: Plan | null;
}

export async function planNetwork(
  options: NetworkOptions,
  directory: string,
  keys: ServerKeys,
  now: () => number,
): Promise<Network> {
  const { listen, listenAdmin, certificate: files } = options;
  const proxies = readProxies(options.proxies ?? []);
  const withTls = (place: Place, served: boolean) =>
    isLoopback(place.host) ? served : files !== undefined || !proxies.named;
  // On loopback it speaks TLS only to be what its public URL, or the certificate that it was given, promises.
  const promised = files !== undefined || (options.publicUrl !== undefined && !proxies.named);
  const [mainTls, adminTls] = [
    listen !== undefined && withTls(listen, promised),
    listenAdmin !== undefined && withTls(listenAdmin, false),
  ];
  const certificate = !(mainTls || adminTls)
    ? null
    : files
      ? operatorCertificate(files.cert, files.key)
      : await ownCertificate(directory, keys, namesOf(options), now);
  const plan = (door: Door, where: Place, tls: boolean): Plan => ({
    door,
    where,
    shown: tls && certificate ? certificate.shown : null,
    // What is not encrypted is for this machine and the proxies alone.
    admits: (address) => tls || isLoopback(plain(address)) || proxies.includes(address),
  });
  return {
    proxies,
    certificate,
    address: publicAddress(
      publicUrlOf(options, mainTls),
      files ? certificate : null,
      mainTls && !files,
      keys,
    ),
    main: listen ? plan(listenAdmin ? "devices" : "network", listen, mainTls) : null,
    admin: listenAdmin ? plan("network", listenAdmin, adminTls) : null,
  };
}

const plain = (address: string | undefined) => (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
const everywhere = new Set(["0.0.0.0", "::"]);

function publicUrlOf({ publicUrl, listen }: NetworkOptions, tls: boolean): string | null {
  if (publicUrl !== undefined) return publicUrl;
  if (!tls || !listen || everywhere.has(listen.host) || listen.port === 0) return null;
  return `https://${listen.host.includes(":") ? `[${listen.host}]` : listen.host}:${listen.port}`;
}

/** The names and addresses that the server's own certificate is for. */
function namesOf({ publicUrl, listen, listenAdmin }: NetworkOptions): readonly string[] {
  const hosts = [publicUrl && hostOf(publicUrl), listen?.host, listenAdmin?.host];
  const named = hosts.filter((host): host is string => host !== undefined && !everywhere.has(host));
  return [...new Set([...named, "localhost", "127.0.0.1", "::1"])];
}
