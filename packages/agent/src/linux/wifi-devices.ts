/** Wi-Fi of this machine: its interfaces, and the access points that they have heard, told by a program once. */
import type { Look } from "../collecting/collector.ts";
import type { AccessPoint } from "./access-points.ts";
import { parseScanDump, scanDump } from "./iw.ts";
import { parseWifiList, wifiList } from "./nmcli.ts";

const classFolder = "/sys/class/net";
const iw = ["/usr/sbin/iw", "/sbin/iw"] as const;
const nmcli = "/usr/bin/nmcli";

/** For `programs` and `reads` of a collector that asks. */
export const wifiPrograms: readonly string[] = [...iw, nmcli];
export const wifiReads: readonly string[] = [classFolder, ...wifiPrograms];

/** Names of the interfaces that are Wi-Fi's. */
export function wifiInterfaces(look: Look): string[] {
  return look.names(classFolder).filter((name) => {
    const folder = `${classFolder}/${name}`;
    return isPlain(name) && (look.exists(`${folder}/phy80211`) || look.exists(`${folder}/wireless`));
  });
}

/** The kernel allows more in a name; nothing of it is given to a program. */
const isPlain = (name: string): boolean => /^\w[\w.-]{0,14}$/.test(name);

const limits = { milliseconds: 2_000, maxBytes: 2 ** 21 } as const;

/** What an interface heard, or why there is nothing; `unsupported` where only the running system could tell. */
export type Heard =
  | { readonly interface: string; readonly accessPoints: readonly AccessPoint[] }
  | { readonly nothing: "none" | "unsupported" | "tool-missing" | "failed" };

/** What the machine's first Wi-Fi interface has heard on its own looks around; nothing is sent, one program is run. */
export async function heardAccessPoints(look: Look): Promise<Heard> {
  const [first] = wifiInterfaces(look);
  if (first === undefined) return { nothing: "none" };
  if (!look.live) return { nothing: "unsupported" };
  const ways = [
    ...iw.map((program) => ({ program, args: scanDump(first), parse: parseScanDump })),
    { program: nmcli, args: wifiList, parse: parseWifiList },
  ];
  const way = ways.find(({ program }) => look.exists(program));
  if (!way) return { nothing: "tool-missing" };
  const printed = await look.run(way.program, way.args, limits);
  if (printed?.code === 0) return { interface: first, accessPoints: way.parse(printed.text) };
  if (printed) look.note(`${way.program}: ended with ${printed.code}`);
  return { nothing: "failed" };
}
