/** Reads the machine's routes. */
import type { Look } from "../collecting/collector.ts";
import { mostBytes, parseIpv4Routes, parseIpv6Routes, type Route } from "./routes.ts";

const ownTables = "/proc/net";
/** Below another root that is a running system's, /proc/net is this process's network all the same. */
const firstTables = "/proc/1/net";

export const routeTables: readonly string[] = [ownTables, firstTables].flatMap((folder) => [
  `${folder}/route`,
  `${folder}/ipv6_route`,
]);

/** Undefined where there are no tables: the system does not run. */
export function readRoutes(look: Look): Route[] | undefined {
  const folder = !look.live && look.exists(`${firstTables}/route`) ? firstTables : ownTables;
  const [ipv4, ipv6] = [
    look.text(`${folder}/route`, mostBytes),
    look.text(`${folder}/ipv6_route`, mostBytes),
  ];
  if (ipv4 === undefined && ipv6 === undefined) return undefined;
  return [...parseIpv4Routes(ipv4 ?? ""), ...parseIpv6Routes(ipv6 ?? "")];
}
