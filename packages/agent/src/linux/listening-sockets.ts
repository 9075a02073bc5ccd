/** Sockets that wait for others, from the kernel's tables /proc/net/{tcp,tcp6,udp,udp6} (proc_net_tcp.txt). */
import type { PartlyRead } from "../collecting/collector.ts";

export interface ListeningSocket {
  readonly protocol: "tcp" | "udp";
  /** From where it can be reached: this machine only, every address of it, or one of them. */
  readonly address: "loopback" | "any" | "single";
  readonly port: number;
  /** By which a process's open files name it. */
  readonly inode: string;
}

/** States of include/net/tcp_states.h; a UDP socket without another end is in the second. */
const states = { listening: "0A", unconnected: "07" } as const;

/** More than anybody's services have; clients' sockets stand in the same tables. */
const mostBytes = 2 ** 20;
const mostSockets = 4_096;

/**
 * The table's sockets that wait. The kernel lists the listening ones of TCP first, so that a server's connections,
 * which may be a hundred thousand, are not read.
 */
export function readSockets(file: PartlyRead, protocol: ListeningSocket["protocol"]): ListeningSocket[] {
  const found: ListeningSocket[] = [];
  let rest = "";
  for (let position = 0; position < mostBytes && found.length < mostSockets; ) {
    const part = file.read(position, 2 ** 16);
    if (part.length === 0) break;
    position += part.length;
    const lines = (rest + Buffer.from(part).toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    const sockets = parseSockets(lines, protocol);
    found.push(...sockets);
    if (protocol === "tcp" && sockets.length < lines.length - 1) break;
  }
  return found;
}

/** The sockets of whole lines; others, the heading among them, are passed over. */
export function parseSockets(
  lines: readonly string[],
  protocol: ListeningSocket["protocol"],
): ListeningSocket[] {
  return lines.flatMap((line) => {
    const [, local = "", remote = "", state, , , , , , inode = ""] = line.trim().split(/ +/, 10);
    const isWaiting =
      protocol === "tcp"
        ? state === states.listening
        : state === states.unconnected && /^0+:0+$/.test(remote);
    const [digits = "", port = ""] = local.split(":");
    if (!isWaiting || !/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/.test(digits) || !/^[0-9A-F]{4}$/.test(port))
      return [];
    const number = Number.parseInt(port, 16);
    // Port 0: raw, or not yet bound.
    if (number === 0 || !/^\d{1,20}$/.test(inode)) return [];
    return [{ protocol, address: reachOf(digits), port: number, inode }];
  });
}

/** The digits of an address are little-endian words; one of IPv4 may be mapped into IPv6. */
function reachOf(digits: string): ListeningSocket["address"] {
  const plain = digits.replace(/^0{16}FFFF0000/, "");
  if (/^0+$/.test(plain)) return "any";
  const isLoopback = plain.length === 8 ? plain.endsWith("7F") : plain === "00000000000000000000000001000000";
  return isLoopback ? "loopback" : "single";
}

/** Ports that the kernel gives to clients (ip_local_port_range), first and last. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The kernel's own range where none is told. */
export function parsePortRange(text: string | undefined): PortRange {
  const [, first, last] = /^(\d{1,5})\s+(\d{1,5})\s*$/.exec(text ?? "") ?? [];
  return { first: Number(first ?? 32_768), last: Number(last ?? 60_999) };
}
