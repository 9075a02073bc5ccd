/** What NetworkManager's `nmcli` tells of access points, in its terse form (nmcli(1)). */
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

const fields = "IN-USE,BSSID,SSID-HEX,FREQ,SIGNAL,SECURITY";

/** What it knows already: without `--rescan no` it would look around first, which sends and takes seconds. */
export const wifiList: readonly string[] = [
  "--terse",
  "--colors",
  "no",
  "--fields",
  fields,
  "device",
  "wifi",
  "list",
  "--rescan",
  "no",
];

/** The access points of a list with the fields of `wifiList`. */
export function parseWifiList(text: string): AccessPoint[] {
  const found = new Map<string, AccessPoint>();
  for (const line of text.split("\n", mostAccessPoints)) {
    const point = accessPointOf(fieldsOf(line));
    if (point && !found.get(point.bssid)?.isConnected) found.set(point.bssid, point);
  }
  return [...found.values()];
}

/** A colon or backslash of a field itself is escaped by a backslash. */
function fieldsOf(line: string): string[] {
  return Array.from(line.matchAll(/((?:[^:\\]|\\.)*)(?::|$)/g), ([, field = ""]) =>
    field.replaceAll(/\\(.)/g, "$1"),
  );
}

function accessPointOf(line: readonly string[]): AccessPoint | undefined {
  const [inUse, address = "", hex = "", freq = "", signal = "", security] = line;
  const bssid = parseBssid(address);
  if (bssid === undefined) return undefined;
  const frequency = /^\d{3,5}(?= MHz$)/.exec(freq)?.[0];
  return present({
    bssid,
    ssid: /^(?:[0-9a-f]{2}){1,32}$/i.test(hex) ? ssidText(Buffer.from(hex, "hex")) : undefined,
    signalDbm: /^\d{1,3}$/.test(signal) ? dbmOf(Number(signal)) : undefined,
    frequency: frequency === undefined ? undefined : Number(frequency),
    channel: frequency === undefined ? undefined : channelOf(Number(frequency)),
    security: security === undefined ? undefined : securityOf(security),
    isConnected: inUse === "*",
  });
}

/** NetworkManager makes a percentage of -100 to -40 dBm (nm_wifi_utils_level_to_quality). */
function dbmOf(percent: number): number | undefined {
  return percent >= 1 && percent <= 100 ? Math.round(percent * 0.6 - 100) : undefined;
}

const words: ReadonlyMap<string, Security> = new Map([
  ["OWE", "owe"],
  ["OWE-TM", "owe"],
  ["WEP", "wep"],
  ["WPA1", "wpa"],
  ["WPA2", "wpa2"],
  ["WPA3", "wpa3"],
  ["802.1X", "enterprise"],
]);

function securityOf(text: string): Security[] {
  const offered = new Set(text.split(" ").map((word) => words.get(word)));
  const told = securities.filter((each) => offered.has(each));
  return told.length > 0 || !/^(?:--)?$/.test(text) ? told : ["open"];
}
