/** Collector of section `dns`: resolv.conf, and behind a resolver of the machine's own what that one was told. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { isLinkLocal, isLoopback, parseResolvConf, type ResolvConf } from "../linux/resolv-conf.ts";
import { readRoutes, routeTables } from "../linux/route-tables.ts";

const told = "/etc/resolv.conf";
const resolved = "/run/systemd/resolve/resolv.conf";
const manager = ["/run/NetworkManager/no-stub-resolv.conf", "/run/NetworkManager/resolv.conf"] as const;

export const collector = defineCollector({
  section: "dns",
  platforms: {
    linux: {
      reads: [told, resolved, ...manager, ...routeTables],
      collect(look, { location: { level } }) {
        const own = read(look, told);
        const behind = behindOwn(look, own);
        const { servers, domains } = behind?.conf ?? own ?? { servers: [], domains: [] };
        if (servers.length === 0 && domains.length === 0) return { nothing: "none" };
        const isRouter = routers(look);
        const routerServers = level === "precise" ? servers.filter(isRouter) : [];
        return {
          document: present({
            resolver: behind?.resolver ?? whoAsks(servers),
            servers: some(servers.filter((server) => !isRouter(server))),
            routerServers: some(routerServers),
            domains: some(domains),
          }),
        };
      },
    },
  },
});

const whoAsks = (servers: readonly string[]): "local" | "direct" =>
  servers.every(isLoopback) ? "local" : "direct";

const some = (texts: readonly string[]): string[] | undefined => (texts.length > 0 ? [...texts] : undefined);

function read(look: Look, path: string): ResolvConf | undefined {
  const text = look.text(path);
  return text === undefined ? undefined : parseResolvConf(text);
}

/** Where programs are sent to the machine itself, or told nothing: what its own resolver asks. */
function behindOwn(look: Look, own: ResolvConf | undefined) {
  if (own && !own.servers.every(isLoopback)) return undefined;
  const system = read(look, resolved);
  if (system && system.servers.length > 0) return { resolver: "systemd-resolved", conf: system } as const;
  const [managed] = manager.flatMap((path) => read(look, path) ?? []);
  const isUseful = managed?.servers.some((server) => !isLoopback(server)) ?? false;
  return managed && isUseful ? ({ resolver: "local", conf: managed } as const) : undefined;
}

/** A home's router is its name server too; its address tells the place as the default route does. */
function routers(look: Look): (server: string) => boolean {
  const gateways = new Set(readRoutes(look)?.flatMap(({ gateway }) => gateway ?? []));
  return (server) => isLinkLocal(server) || gateways.has(server);
}
