/** resolv.conf(5): the name servers and search domains that programs are told. */
import { isIP } from "node:net";

export interface ResolvConf {
  readonly servers: readonly string[];
  readonly domains: readonly string[];
}

/** The last of `search` and `domain` counts; both `#` and `;` begin comments. */
export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  let domains: readonly string[] = [];
  for (const line of text.split("\n", 1_000)) {
    const [word, ...values] = line.split(/[#;]/, 1)[0]?.trim().split(/\s+/) ?? [];
    const [server = ""] = values;
    if (word === "nameserver" && isIP(server) !== 0) servers.push(server.toLowerCase());
    if (word === "search" || word === "domain")
      domains = values.map((domain) => domain.toLowerCase().replace(/\.$/, "")).filter(isDomain);
  }
  return { servers: [...new Set(servers)], domains };
}

const isDomain = (text: string): boolean =>
  /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/.test(text) && text.length < 256;

/** A program on this machine that asks others. */
export const isLoopback = (server: string): boolean => server.startsWith("127.") || server === "::1";

/** An address that only its own link knows, made of the router's hardware address as a rule. */
export const isLinkLocal = (server: string): boolean =>
  /^fe[89ab][0-9a-f]:/.test(server) || server.startsWith("169.254.");
