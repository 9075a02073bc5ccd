/** What CUPS writes down of its printers: printers.conf(5), and a description of each (PPD). */
import { present } from "../collecting/collector.ts";
import { clean, told } from "./firmware-text.ts";

export interface Printer {
  readonly name: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly connection?: Connection;
  readonly serial?: string;
  readonly default?: boolean;
  readonly shared?: boolean;
}

type Connection = "usb" | "network" | "parallel" | "serial" | "bluetooth" | "virtual";

/**
 * `<Printer NAME>` or `<DefaultPrinter NAME>`, then lines `Key value`, then `</…>`. Queues of cups-browsed are left
 * out: they are other machines', and come and go with the network.
 */
export function parsePrinters(text: string): Printer[] {
  const printers: Printer[] = [];
  let name: string | undefined;
  let isDefault = false;
  let values = new Map<string, string>();
  for (const line of text.split("\n", 200_000)) {
    const [, opened, begun] = /^<(Default)?Printer (.{1,256})>\s*$/.exec(line) ?? [];
    if (begun !== undefined) {
      [name, isDefault, values] = [begun, opened !== undefined, new Map()];
    } else if (/^<\/(Default)?Printer>/.test(line)) {
      const printer = name === undefined ? undefined : printerOf(name, isDefault, values);
      if (printer !== undefined) printers.push(printer);
      name = undefined;
    } else {
      const [, key, value] = /^([A-Z]\w{1,64}) (.*)$/.exec(line) ?? [];
      if (key !== undefined && value !== undefined && !values.has(key)) values.set(key, value);
    }
  }
  return printers;
}

function printerOf(
  name: string,
  isDefault: boolean,
  values: ReadonlyMap<string, string>,
): Printer | undefined {
  const address = values.get("DeviceURI") ?? "";
  const shared = values.get("Shared")?.trim();
  if (address.startsWith("implicitclass:")) return undefined;
  return present({
    name,
    ...partsOf(address),
    model: told(values.get("MakeModel")?.replaceAll(/\\(.)/g, "$1")),
    default: isDefault,
    shared: shared === undefined ? undefined : shared === "Yes",
  });
}

/** Schemes of CUPS' own backends and of the usual others. */
const connections: ReadonlyMap<string, Connection> = new Map([
  ["usb", "usb"],
  ["ippusb", "usb"],
  ["parallel", "parallel"],
  ["serial", "serial"],
  ["bluetooth", "bluetooth"],
  ["file", "virtual"],
  ["cups-pdf", "virtual"],
  ...["dnssd", "http", "https", "ipp", "ipps", "lpd", "mdns", "smb", "socket"].map(
    (scheme) => [scheme, "network"] as const,
  ),
]);

/**
 * Only what is the printer's own is taken from the address: `usb://HP/LaserJet%20M15w?serial=VNB3`. Of networks'
 * nothing is, be it host, queue, or the name and password of somebody.
 */
function partsOf(address: string): Pick<Printer, "manufacturer" | "connection" | "serial"> {
  const scheme = /^([a-z][a-z0-9+.-]{0,32}):/i.exec(address)?.[1]?.toLowerCase() ?? "";
  // HP's backend names the bus behind its own scheme: `hp:/usb/Name?serial=`, `hpfax:/net/Name?ip=`.
  const bus = /^hp(?:fax)?:\/(usb|net|par)\//.exec(address)?.[1];
  const connection = bus === undefined ? schemeConnection(scheme, address) : hpBuses.get(bus);
  if (connection !== "usb") return present({ connection });
  const serial = /[?&]serial=([^&]{1,128})/.exec(address)?.[1];
  const manufacturer = scheme === "usb" ? /^usb:\/\/([^/?]{1,128})\//.exec(address)?.[1] : undefined;
  return present({ connection, serial: told(decoded(serial)), manufacturer: told(decoded(manufacturer)) });
}

const hpBuses: ReadonlyMap<string, Connection> = new Map([
  ["usb", "usb"],
  ["net", "network"],
  ["par", "parallel"],
]);

/** ipp-usb offers a printer on USB as if it were on the network, and says so in its name. */
function schemeConnection(scheme: string, address: string): Connection | undefined {
  if (/%20\(USB\)\._ipps?\._tcp/.test(address)) return "usb";
  return connections.get(scheme);
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A description's maker and model: lines `*Manufacturer: "HP"`, `*NickName: "HP LaserJet …"` (PPD specification 4.3, 5.3). */
export function parsePpd(text: string): Pick<Printer, "manufacturer" | "model"> {
  const value = (key: string) => clean(new RegExp(`^\\*${key}:[ \\t]*"([^"]{1,256})"`, "m").exec(text)?.[1]);
  return present({
    manufacturer: told(value("Manufacturer")),
    model: told(value("NickName") ?? value("ModelName")),
  });
}
