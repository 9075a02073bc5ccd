/**
 * The one request to a geolocation service: https, no redirects, and never into a private network unless that was
 * allowed, by the address that is connected to. Loaded only where a service was agreed to.
 */
import { lookup as resolve } from "node:dns";
import { request } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { trusting } from "@rollcall/host";
import type { GeolocationService } from "./cell-memory.ts";

export interface ServiceAnswer {
  readonly status: number;
  readonly text: string;
  /** Seconds that it asks to be left alone for. */
  readonly retryAfter?: number | undefined;
}

interface AskOptions {
  readonly milliseconds?: number;
  /** Certificates that are trusted and no others, PEM; without them what this machine trusts. */
  readonly ca?: string | undefined;
}

const mostBytes = 16 * 1024;

/** Its answer, or in words why there is none. */
export async function askService(
  { url, isPrivateAllowed }: GeolocationService,
  query: object,
  { milliseconds = 5_000, ca }: AskOptions = {},
): Promise<ServiceAnswer | string> {
  const address = addressOf(url);
  if (address === undefined) return "is no https address";
  const host = address.hostname.replace(/^\[|\]$/g, "");
  if (!isPrivateAllowed && isIP(host) !== 0 && isPrivate(host)) return privateAddress;
  const body = JSON.stringify(query);
  const trust = await trusting(ca);
  return new Promise((settle) => {
    const sent = request(address, {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      // A connection of its own: none that is kept was judged by the same rule.
      agent: false,
      ...trust,
      ...(isPrivateAllowed ? {} : { lookup: publicOnly }),
    });
    const limit = setTimeout(() => sent.destroy(new Error(`took over ${milliseconds} ms`)), milliseconds);
    sent.on("error", (error) => settle(error.message.slice(0, 200)));
    // Comes last and always; a connection that ends within an answer is no error of the request's.
    sent.on("close", () => {
      clearTimeout(limit);
      settle("ended before its answer did");
    });
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > mostBytes) sent.destroy(new Error(`answered more than ${mostBytes} bytes`));
      });
      response.on("end", () => {
        const { statusCode = 0, headers } = response;
        const seconds = headers["retry-after"];
        const retryAfter = /^\d{1,7}$/.test(seconds ?? "") ? Number(seconds) : undefined;
        settle({ status: statusCode, text, retryAfter });
      });
    });
    sent.end(body);
  });
}

/** Where a service is asked, undefined for what is not https. One without a path is asked at `/v1/geolocate`. */
function addressOf(url: string): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const address = new URL(url);
  if (address.protocol !== "https:" || address.username !== "" || address.password !== "") return undefined;
  if (address.pathname === "/") address.pathname = "/v1/geolocate";
  return address;
}

const privateAddress = "lies in a private network, which was not allowed";

/** Resolves a name to addresses that are not private; with one that is among them, to none. */
const publicOnly: LookupFunction = (name, options, done) =>
  resolve(name, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error || !first) return done(error ?? new Error(`${name} has no address`), "");
    if (addresses.some(({ address }) => isPrivate(address))) return done(new Error(privateAddress), "");
    return options.all ? done(null, addresses) : done(null, first.address, first.family);
  });

/** Networks that no public service is in, those that carry addresses of such ones included. */
const privateNetworks = new BlockList();
for (const [network, length] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  privateNetworks.addSubnet(network, length, "ipv4");

/** All that is allotted to the internet, without 6to4 and Teredo. */
const publicNetworks = new BlockList();
publicNetworks.addSubnet("2000::", 3, "ipv6");
const tunnels = new BlockList();
tunnels.addSubnet("2001::", 32, "ipv6");
tunnels.addSubnet("2002::", 16, "ipv6");

export function isPrivate(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (isIP(plain) === 4) return privateNetworks.check(plain, "ipv4");
  return !publicNetworks.check(plain, "ipv6") || tunnels.check(plain, "ipv6");
}
