/** What `iw` prints (its scan.c and util.c): the access points that the kernel has heard. */
import { present } from "../collecting/collector.ts";
import {
  type AccessPoint,
  channelOf,
  mostAccessPoints,
  parseBssid,
  type Security,
  securities,
  ssidText,
} from "./access-points.ts";

/** Of one interface, without sending anything: what was heard on earlier looks around. */
export const scanDump = (wifi: string): readonly string[] => ["dev", wifi, "scan", "dump"];

/** The text of a scan dump is longer than that only when somebody makes access points up. */
const mostLines = 200_000;

/**
 * The access points of a scan. What one of them says of itself is printed as it is in a few places (the makers' names
 * of WPS), so of everything the first line counts, which is the kernel's or comes before.
 */
export function parseScanDump(text: string): AccessPoint[] {
  const found = new Map<string, AccessPoint>();
  let block: Block | undefined;
  const close = () => {
    if (block) found.set(block.bssid, found.get(block.bssid) ?? accessPointOf(block));
  };
  for (const line of text.split("\n", mostLines)) {
    const head = /^BSS ([0-9a-fA-Fx:]{17}) ?\(on [^)]{1,32}\)(.*)$/.exec(line);
    if (head?.[1] !== undefined) {
      close();
      if (found.size >= mostAccessPoints) return [...found.values()];
      const bssid = parseBssid(head[1]);
      block = bssid === undefined ? undefined : { bssid, status: head[2] ?? "", values: new Map() };
    } else if (block) put(block.values, line);
  }
  close();
  return [...found.values()];
}

interface Block {
  readonly bssid: string;
  readonly status: string;
  /** By what stands before the colon, without stars and indentation. */
  readonly values: Map<string, string>;
}

const wanted: ReadonlySet<string> = new Set([
  "freq",
  "signal",
  "last seen",
  "SSID",
  "capability",
  "DS Parameter set",
  "primary channel",
  "RSN",
  "WPA",
]);

/** The suites of RSN and WPA are printed alike, below the heading of either. */
const suites = "Authentication suites";

function put(values: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^\s+(?:\* )?([A-Za-z ]{2,24}):(.*)$/.exec(line) ?? [];
  if (name === "RSN" || name === "WPA") values.set("under", name);
  const key = name === suites ? `${name} of ${values.get("under")}` : name;
  // Its other form, since the system started, says nothing without knowing when that was.
  if (name === "last seen" && value.includes("boottime")) return;
  if ((wanted.has(name) || name === suites) && !values.has(key)) values.set(key, value.trimEnd());
}

function accessPointOf({ bssid, status, values }: Block): AccessPoint {
  const frequency = numberIn(/^ (\d{3,5})(?:\.\d{1,3})?$/, values.get("freq"));
  const named = numberIn(/ (\d{1,3})$/, values.get("DS Parameter set") ?? values.get("primary channel"));
  const milliseconds = numberIn(/^ (\d{1,12}) ms ago$/, values.get("last seen"));
  return present({
    bssid,
    ssid: ssidOf(values.get("SSID")),
    signalDbm: numberIn(/^ (-?\d{1,3})(?:\.\d\d?)? dBm$/, values.get("signal")),
    frequency,
    channel: frequency === undefined ? named : channelOf(frequency),
    security: securityOf(values),
    secondsAgo: milliseconds === undefined ? undefined : Math.floor(milliseconds / 1_000),
    isConnected: /^ -- (?:associated|joined)/.test(status),
  });
}

function numberIn(pattern: RegExp, text: string | undefined): number | undefined {
  const digits = pattern.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** iw escapes what is not ASCII, the blanks at both ends, and the backslash itself. */
function ssidOf(escaped: string | undefined): string | undefined {
  if (escaped === undefined) return undefined;
  const latin1 = escaped
    .slice(1)
    .replaceAll(/\\x([0-9a-fA-F]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  return ssidText(Buffer.from(latin1, "latin1"));
}

function securityOf(values: ReadonlyMap<string, string>): Security[] | undefined {
  const capability = values.get("capability");
  if (capability === undefined && !values.has("RSN") && !values.has("WPA")) return undefined;
  const rsn = values.get(`${suites} of RSN`) ?? "";
  const wpa = values.get(`${suites} of WPA`) ?? "";
  const isSecret = capability?.includes(" Privacy") ?? false;
  const offered: Record<Security, boolean> = {
    open: !isSecret && !values.has("RSN") && !values.has("WPA"),
    owe: /\bOWE\b/.test(rsn),
    wep: isSecret && !values.has("RSN") && !values.has("WPA"),
    wpa: values.has("WPA"),
    wpa2: values.has("RSN") && !isOnlyWpa3(rsn),
    wpa3: /\bSAE\b|SUITE-B-192/.test(rsn),
    enterprise: /802\.1X|SUITE-B/.test(rsn + wpa),
  };
  return securities.filter((each) => offered[each]);
}

/** Whether every way in that the suites name is one of WPA3, or needs no password. */
function isOnlyWpa3(rsn: string): boolean {
  const rest = rsn.replaceAll(/(?:FT\/)?SAE(?:-EXT-KEY)?|OWE|IEEE 802\.1X\/SUITE-B-192/g, "");
  return rsn.trim() !== "" && rest.trim() === "";
}
