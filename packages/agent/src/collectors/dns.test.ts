// Section `dns`: whom the device asks for names, behind whatever asks for it.
import t from "tap";
import { parseResolvConf } from "../linux/resolv-conf.ts";
import { collected, type Tree } from "../testing/collected.ts";

const precise = { rule: { ownership: "organisation", level: "precise" } } as const;
const route: Tree = { "/proc/net/route": "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" };
const stub = "# made by systemd-resolved\nnameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n";

t.test("tells the servers that programs ask themselves", async (t) => {
  const tree = {
    "/etc/resolv.conf": "search corp.example. lab\nnameserver 9.9.9.9\nnameserver 10.0.0.53 # x\n",
  };
  const { document, diagnostics } = await collected(t, "dns", tree);
  const servers = ["10.0.0.53", "9.9.9.9"];
  t.same(document, { resolver: "direct", servers, domains: ["corp.example", "lab"] });
  t.same(diagnostics, []);
});

t.test("tells whom the machine's own resolver asks", async (t) => {
  const link = { "/etc/resolv.conf": { link: "../run/systemd/resolve/stub-resolv.conf" } };
  const resolved = {
    ...link,
    "/run/systemd/resolve/stub-resolv.conf": stub,
    "/run/systemd/resolve/resolv.conf": "nameserver 9.9.9.9\nsearch corp.example\n",
  };
  t.same((await collected(t, "dns", resolved)).document, {
    resolver: "systemd-resolved",
    servers: ["9.9.9.9"],
    domains: ["corp.example"],
  });
  const dnsmasq = {
    "/etc/resolv.conf": "nameserver 127.0.0.1\n",
    "/run/NetworkManager/no-stub-resolv.conf": "nameserver 9.9.9.9\n",
  };
  t.same((await collected(t, "dns", dnsmasq)).document, { resolver: "local", servers: ["9.9.9.9"] });
  const alone = { "/etc/resolv.conf": "nameserver 127.0.0.1\n" };
  t.same((await collected(t, "dns", alone)).document, { resolver: "local", servers: ["127.0.0.1"] });
});

t.test("tells a router's address only where the place may be told", async (t) => {
  const servers = "nameserver 192.168.1.1\nnameserver fe80::1%wlan0\nnameserver 10.0.0.53\n";
  const tree = { ...route, "/etc/resolv.conf": servers };
  t.same((await collected(t, "dns", tree, precise)).document, {
    resolver: "direct",
    servers: ["10.0.0.53"],
    routerServers: ["192.168.1.1", "fe80::1%wlan0"],
  });
  t.same((await collected(t, "dns", tree)).document, { resolver: "direct", servers: ["10.0.0.53"] });
});

t.test("leaves out of a personal device what names its provider", async (t) => {
  const text = "search hsd1.ca.provider.example\nnameserver 75.75.75.75\nnameserver 10.0.0.53\n";
  const rule = { ownership: "personal", level: "city" } as const;
  const { document } = await collected(t, "dns", { "/etc/resolv.conf": text }, { rule });
  t.same(document, { resolver: "direct", servers: ["10.0.0.53"], domains: [] });
});

t.test("says that there is none", async (t) => {
  t.match(await collected(t, "dns", {}), { status: "none", diagnostics: [] });
  t.match(await collected(t, "dns", { "/etc/resolv.conf": "# nothing\n" }), { status: "none" });
});

t.test("believes no server and no domain that is none", async (t) => {
  t.same(
    parseResolvConf("nameserver\nnameserver dns.example\nnameserver 1.2.3\nsearch \u001b[2J a..b ok\n"),
    {
      servers: [],
      domains: ["ok"],
    },
  );
  t.same(parseResolvConf("domain one\nsearch two three\n;nameserver 1.1.1.1\n"), {
    servers: [],
    domains: ["two", "three"],
  });
});
