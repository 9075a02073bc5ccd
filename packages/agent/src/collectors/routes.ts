/** Collector of section `routes`: the kernel's tables; routers' addresses only where the place may be told. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { readRoutes, routeTables } from "../linux/route-tables.ts";
import { defaultRoutes, lastingMetric, type Route, toldRoutes } from "../linux/routes.ts";

const classFolder = "/sys/class/net";

/** ARPHRD_PPP, ARPHRD_TUNNEL, ARPHRD_TUNNEL6 and ARPHRD_NONE (linux/if_arp.h): what VPNs make. */
const tunnelTypes: ReadonlySet<string> = new Set(["512", "768", "769", "65534"]);

export const collector = defineCollector({
  section: "routes",
  platforms: {
    linux: {
      reads: [...routeTables, `${classFolder}/*/type`],
      collect(look, { location: { level } }) {
        const all = readRoutes(look);
        if (!all) return { nothing: "unsupported" };
        const gateways = defaultRoutes(all).map((route) => gatewayOf(route, level === "precise"));
        const routes = toldRoutes(all, tunnels(look)).map((route) => routeOf(route, level === "precise"));
        if (gateways.length === 0 && routes.length === 0) return { nothing: "none" };
        return {
          document: present({
            gateways: gateways.length > 0 ? gateways : undefined,
            routes: routes.length > 0 ? routes : undefined,
          }),
        };
      },
    },
  },
});

function gatewayOf({ family, interface: name, metric, gateway }: Route, isPrecise: boolean) {
  const address = isPrecise ? gateway : undefined;
  return present({ family, interface: name, metric: lastingMetric(metric), address });
}

function routeOf({ destination, interface: name, metric, gateway }: Route, isPrecise: boolean) {
  const through = isPrecise ? gateway : undefined;
  return present({ destination, interface: name, metric: lastingMetric(metric), gateway: through });
}

/** Asks of each interface once. */
function tunnels(look: Look): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const isTunnel =
      known.get(name) ?? tunnelTypes.has(look.text(`${classFolder}/${name}/type`)?.trim() ?? "");
    known.set(name, isTunnel);
    return isTunnel;
  };
}
