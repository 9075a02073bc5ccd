/** Collector of section `nearby.neighbours`: the kernel's tables of who has answered lately; nothing is sent. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { type Neighbour, parseArp, parseIpNeigh } from "../linux/neighbours.ts";

const arp = "/proc/net/arp";
/** Below another root that is a running system's, /proc/net is this process's network all the same. */
const firstArp = "/proc/1/net/arp";
/** The kernel has no file for IPv6. */
const programs = ["/usr/sbin/ip", "/usr/bin/ip", "/sbin/ip"] as const;

export const collector = defineCollector({
  section: "nearby.neighbours",
  platforms: {
    linux: {
      reads: [arp, firstArp, ...programs],
      programs,
      async collect(look) {
        const table = look.text(!look.live && look.exists(firstArp) ? firstArp : arp);
        if (table === undefined && !look.live) return { nothing: "unsupported" };
        const neighbours = [...parseArp(table ?? ""), ...(await ipv6Neighbours(look))];
        return neighbours.length > 0 ? { document: { neighbours } } : { nothing: "none" };
      },
    },
  },
});

async function ipv6Neighbours(look: Look): Promise<Neighbour[]> {
  const program = look.live ? programs.find((path) => look.exists(path)) : undefined;
  if (program === undefined) return [];
  const printed = await look.run(program, ["-json", "-6", "neigh"], { milliseconds: 2_000 });
  return parseIpNeigh(printed?.text ?? "");
}
