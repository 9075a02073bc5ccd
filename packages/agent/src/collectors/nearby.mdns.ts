/**
 * Collector of section `nearby.mdns`: one question to the network by multicast DNS, and what answers within a second.
 * Of our own, for avahi's cache needs its daemon and a second program, and knows no more.
 */
import { networkInterfaces } from "node:os";
import { defineCollector, present } from "../collecting/collector.ts";
import { parseServices, serviceQuery } from "../linux/multicast-dns.ts";

const group = "udp:224.0.0.251:5353";
const milliseconds = 1_000;

export const collector = defineCollector({
  section: "nearby.mdns",
  platforms: {
    linux: {
      reads: [],
      connects: [group],
      async collect(look) {
        if (!look.live) return { nothing: "unsupported" };
        const answers = await look.ask(group, serviceQuery(), milliseconds);
        if (!answers) return { nothing: "failed" };
        const own = ownAddresses();
        const services = answers.flatMap(({ from, bytes }) =>
          own.has(from)
            ? []
            : parseServices(bytes).map(({ service, name, host }) =>
                present({ service, name, address: from, host }),
              ),
        );
        return services.length > 0 ? { document: { services } } : { nothing: "none" };
      },
    },
  },
});

/** What this device offers itself is not around it. */
function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(all.map(({ address }) => address));
}
