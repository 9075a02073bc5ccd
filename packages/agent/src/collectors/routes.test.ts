// Section `routes`: what a person is told of the kernel's tables, and routers' addresses only where the place may be told.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { z } from "zod";
import { parseIpv4Routes, parseIpv6Routes } from "../linux/routes.ts";
import { collected, type Tree } from "../testing/collected.ts";

const ipv4 = (...fields: readonly string[]) => `${fields.join("\t")}\t0\t0\t0   \n`;
/** Of a network, through a router or not, in the kernel's order of bytes. */
const route = (name: string, to: string, via: string, flags: string, metric: string, mask: string) =>
  ipv4(name, to, via, flags, "0", "0", metric, mask);
const ipv6 = (to: string, length: string, via: string, metric: string, flags: string, name: string) =>
  `${to.padEnd(32, "0")} ${length} ${"0".repeat(32)} 00 ${via.padEnd(32, "0")} ${metric} 00000001 00000000 ${flags}     ${name}\n`;

const machine: Tree = {
  "/proc/net/route": [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n",
    route("eth0", "00000000", "0102000A", "0003", "100", "00000000"),
    route("wlan0", "00000000", "0101A8C0", "0003", "20600", "00000000"),
    route("wlan0", "00000000", "0201A8C0", "0003", "700", "00000000"),
    route("eth0", "0002000A", "00000000", "0001", "100", "00FFFFFF"),
    route("eth0", "000010AC", "FE02000A", "0003", "100", "0000F0FF"),
    route("eth0", "0700CB71", "0102000A", "0007", "100", "FFFFFFFF"),
    route("eth0", "0000CB71", "0102000A", "0003", "100", "00FFFFFF"),
    route("wg0", "0000000A", "00000000", "0001", "50", "000000FF"),
    route("docker0", "000011AC", "00000000", "0001", "0", "0000FFFF"),
    route("flannel.1", "0001F40A", "0001F40A", "0003", "0", "00FFFFFF"),
    route("lo", "0000FE0A", "00000000", "0201", "0", "0000FFFF"),
  ].join(""),
  "/proc/net/ipv6_route": [
    ipv6("", "00", "fe80000000000000021e42fffe000001", "00000400", "00450003", "eth0"),
    ipv6("20010db800000000", "40", "", "00000100", "00000001", "eth0"),
    ipv6("20010db8000000ff", "3c", "fe80000000000000021e42fffe000001", "00000400", "00000003", "eth0"),
    ipv6("fd00123400000000", "30", "fe80000000000000021e42fffe000001", "00000400", "00000003", "eth0"),
    ipv6("fe80", "40", "", "00000100", "00000001", "wg0"),
    ipv6("ff00", "08", "", "00000100", "00000001", "wg0"),
    ipv6("", "00", "", "ffffffff", "00200200", "lo"),
    ipv6("fd0012340000", "80", "", "00000000", "80200001", "wg0"),
  ].join(""),
  "/sys/class/net/wg0/type": "65534\n",
  "/sys/class/net/eth0/type": "1\n",
};

const coarse = {
  gateways: [
    { family: "ipv4", interface: "eth0", metric: 100 },
    { family: "ipv4", interface: "wlan0", metric: 700 },
    { family: "ipv6", interface: "eth0", metric: 1_024 },
  ],
  routes: [
    { destination: "10.0.0.0/8", interface: "wg0", metric: 50 },
    { destination: "172.16.0.0/12", interface: "eth0", metric: 100 },
    { destination: "fd00:1234::/48", interface: "eth0", metric: 1_024 },
  ],
};

t.test("tells where the device sends what is for others", async (t) => {
  const rule = { ownership: "organisation", level: "precise" } as const;
  const { document, diagnostics } = await collected(t, "routes", machine, { rule });
  const [eth, wlan, six] = ["10.0.2.1", "192.168.1.2", "fe80::21e:42ff:fe00:1"];
  const addresses = [eth, wlan, six];
  t.same(document, {
    gateways: coarse.gateways.map((each, index) => ({ ...each, address: addresses[index] })),
    routes: [
      coarse.routes[0],
      { ...coarse.routes[1], gateway: "10.0.2.254" },
      { ...coarse.routes[2], gateway: six },
    ],
  });
  t.same(diagnostics, []);
});

t.test("does not look for routers where the place may not be told", async (t) => {
  for (const ownership of ["organisation", "personal"] as const) {
    const { document } = await collected(t, "routes", machine, { rule: { ownership, level: "district" } });
    t.same(document, coarse);
  }
});

t.test("says that nothing leads anywhere apart from a system that does not run", async (t) => {
  t.match(await collected(t, "routes", {}), { status: "unsupported" });
  t.match(await collected(t, "routes", { "/proc/net/route": "Iface\n" }), { status: "none" });
  const odd = route("..", "000010AC", "FE02000A", "0003", "100", "0000F0FF").replace("..", "../../etc");
  t.match(await collected(t, "routes", { "/proc/net/route": odd }), { status: "none", diagnostics: [] });
});

t.test(
  "tells this machine's default routes as `ip` does",
  { skip: !existsSync("/usr/sbin/ip") },
  async (t) => {
    const rule = { ownership: "organisation", level: "precise" } as const;
    const { document } = await collected(t, "routes", null, { rule });
    const gateway = z.object({ interface: z.string(), address: z.string().optional() });
    const told = z.object({ gateways: z.array(gateway).default([]) }).parse(document ?? {}).gateways;
    const expected = ["-4", "-6"].flatMap((family) => {
      const printed = execFileSync("/usr/sbin/ip", ["-j", family, "route", "show", "default"]);
      return z
        .array(z.object({ dev: z.string(), gateway: z.string().optional() }))
        .parse(JSON.parse(`${printed}`));
    });
    const words = (name: string, address = "directly") => `${name} ${address}`;
    const all = new Set(expected.map(({ dev, gateway }) => words(dev, gateway)));
    t.same(
      told.filter((each) => !all.has(words(each.interface, each.address))),
      [],
    );
    t.same(new Set(told.map((each) => each.interface)), new Set(expected.map(({ dev }) => dev)));
  },
);

t.test("makes something of whatever the tables hold", async () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789abcdefF"), minLength: 8, maxLength: 32 });
  const line = fc.array(fc.oneof(digits, fc.constantFrom("eth0", "0003", "00000000")), { maxLength: 11 });
  const table = fc.array(line).map((lines) => lines.map((words) => words.join(" ")).join("\n"));
  const holds = (text: string) =>
    [...parseIpv4Routes(text), ...parseIpv6Routes(text)].every(({ length }) => length >= 0 && length <= 128);
  fc.assert(fc.property(table, holds), { numRuns: 200 });
});
