/** Proxies that are set for the whole machine, without the names and passwords that may stand in their addresses. */

export type ProxyScheme = "http" | "https" | "ftp" | "all";

export interface MachineProxy {
  /** What is fetched through it. */
  readonly scheme: ProxyScheme;
  /** Its address: protocol, host and port. */
  readonly address: string;
}

const schemes = ["http", "https", "ftp", "all"] as const;

const schemeOf = (text: string | undefined): ProxyScheme | undefined =>
  schemes.find((each) => each === text?.toLowerCase());

/** Lines of /etc/environment (pam_env(8)); of others than proxies nothing is looked at. */
export function parseEnvironment(text: string): MachineProxy[] {
  return lines(text).flatMap((line) =>
    proxyOf(/^\s*(?:export\s+)?(http|https|ftp|all)_proxy\s*=\s*["']?([^"'\s]+)/i.exec(line)),
  );
}

/** apt.conf(5), in the form of one line that everybody uses for it. */
export function parseAptConf(text: string): MachineProxy[] {
  return lines(text).flatMap((line) =>
    proxyOf(/^\s*Acquire::(http|https|ftp)::Proxy\s+"([^"]+)"/i.exec(line)),
  );
}

/** dnf.conf(5): one for everything. */
export function parseDnfConf(text: string): MachineProxy[] {
  return lines(text).flatMap((line) => proxyOf(/^(proxy)\s*=\s*(\S+)/i.exec(line), "all"));
}

const lines = (text: string): string[] => text.split("\n", 2_000);

function proxyOf(found: RegExpExecArray | null, all?: ProxyScheme): MachineProxy[] {
  const [, word, address = ""] = found ?? [];
  const scheme = all ?? schemeOf(word);
  const plain = plainAddress(address);
  return scheme === undefined || plain === undefined ? [] : [{ scheme, address: plain }];
}

/** Undefined for words such as DIRECT or _none_. */
function plainAddress(text: string): string | undefined {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(whole)) return undefined;
  const { protocol, host, hostname, pathname, search, hash } = new URL(whole);
  // What a sign in a password cut off: then its beginning passes for the host's port.
  if (`${pathname}${search}${hash}`.includes("@")) return undefined;
  const isWord = /^[^.:]*$/.test(hostname) && host === hostname;
  return isWord ? undefined : `${protocol}//${host}`;
}
