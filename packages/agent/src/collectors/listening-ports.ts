/** Collector of section `listening-ports`: the kernel's tables of sockets, and the programs that have them open. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import {
  type ListeningSocket,
  type PortRange,
  parsePortRange,
  readSockets,
} from "../linux/listening-sockets.ts";
import { processReads, readSocketPrograms, type SocketPrograms } from "../linux/socket-programs.ts";

const ownTables = "/proc/net";
/** Below another root that is a running system's, /proc/net is this process's network all the same. */
const firstTables = "/proc/1/net";
const tables = [
  ["tcp", "tcp"],
  ["tcp6", "tcp"],
  ["udp", "udp"],
  ["udp6", "udp"],
] as const;
const clientPorts = "/proc/sys/net/ipv4/ip_local_port_range";

const paths = [ownTables, firstTables].flatMap((folder) => tables.map(([table]) => `${folder}/${table}`));

export const collector = defineCollector({
  section: "listening-ports",
  platforms: {
    linux: {
      reads: [...paths, ...processReads, clientPorts],
      collect(look) {
        const folder = !look.live && look.exists(`${firstTables}/tcp`) ? firstTables : ownTables;
        if (!look.exists(`${folder}/tcp`) && !look.exists(`${folder}/udp`)) return { nothing: "unsupported" };
        const sockets = tables.flatMap(
          ([table, protocol]) =>
            look.parts(`${folder}/${table}`, (file) => readSockets(file, protocol)) ?? [],
        );
        const programs = readSocketPrograms(look, new Set(sockets.map(({ inode }) => inode)));
        const range = parsePortRange(look.text(clientPorts));
        const lasting = sockets.filter((socket) => isLasting(socket, range, programs));
        noteUnseen(look, lasting, programs);
        return lasting.length > 0 ? { document: { ports: portsOf(lasting, programs) } } : { nothing: "none" };
      },
    },
  },
});

/**
 * Clients are given ports of this range, too: of UDP, where nobody can tell them from services, only the kernel's own
 * sockets count there (WireGuard), of TCP those that others can reach; tools of programmers listen there for themselves.
 */
function isLasting(
  { protocol, address, port, inode }: ListeningSocket,
  range: PortRange,
  { names, isComplete }: SocketPrograms,
): boolean {
  if (port < range.first || port > range.last) return true;
  return protocol === "tcp" ? address !== "loopback" : isComplete && !names.has(inode);
}

function noteUnseen(look: Look, sockets: readonly ListeningSocket[], programs: SocketPrograms): void {
  const unseen = sockets.filter(({ inode }) => !programs.names.has(inode)).length;
  if (unseen > 0 && !programs.isComplete)
    look.note(`the programs behind ${unseen} of ${sockets.length} sockets can only be seen as root`);
}

/** One for each protocol, reach and port, with all programs behind it. */
function portsOf(sockets: readonly ListeningSocket[], { names }: SocketPrograms) {
  const ports = new Map<string, ListeningSocket & { readonly programs: Set<string> }>();
  for (const socket of sockets) {
    const key = `${socket.protocol} ${socket.address} ${socket.port}`;
    const port = ports.get(key) ?? { ...socket, programs: new Set() };
    for (const name of names.get(socket.inode) ?? []) port.programs.add(name);
    ports.set(key, port);
  }
  return [...ports.values()].map(({ protocol, address, port, programs }) =>
    present({ protocol, address, port, programs: programs.size > 0 ? [...programs] : undefined }),
  );
}
