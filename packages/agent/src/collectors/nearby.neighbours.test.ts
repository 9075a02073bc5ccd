// Section `nearby.neighbours`: who has answered, of both families, without the machine's own guests.
import fc from "fast-check";
import t from "tap";
import type { AgentFacts } from "../collecting/collector.ts";
import { parseArp, parseIpNeigh } from "../linux/neighbours.ts";
import { collected, type Tree } from "../testing/collected.ts";
import { running } from "../testing/running.ts";
import { collector } from "./nearby.neighbours.ts";

const linux = collector.platforms.linux;
if (!linux) throw new Error("it is for Linux");

const precise = { rule: { ownership: "personal", level: "precise" } } as const;
const facts: AgentFacts = {
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [],
  server: null,
  location: { level: "precise" },
};

const machine: Tree = {
  "/proc/net/arp": `IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         A4:2B:B0:11:22:33     *        wlan0
192.168.1.7      0x1         0x0         00:00:00:00:00:00     *        wlan0
192.168.1.9      0x1         0x6         a4:2b:b0:11:22:34     *        wlan0
172.17.0.2       0x1         0x2         02:42:ac:11:00:02     *        docker0
`,
  "/usr/sbin/ip": "",
};
const ipv4 = [
  { address: "192.168.1.1", mac: "a4:2b:b0:11:22:33", interface: "wlan0" },
  { address: "192.168.1.9", mac: "a4:2b:b0:11:22:34", interface: "wlan0" },
];
const printed = JSON.stringify([
  { dst: "FE80::1", dev: "wlan0", lladdr: "a4:2b:b0:11:22:33", router: null, state: ["STALE"] },
  { dst: "fe80::2", dev: "wlan0", state: ["FAILED"] },
  { dst: "ff02::1", dev: "wlan0", lladdr: "33:33:00:00:00:01", state: ["NOARP"] },
  { dst: "fe80::3", dev: "veth1", lladdr: "a4:2b:b0:11:22:36", state: ["REACHABLE"] },
  null,
  { dst: 5 },
]);

t.test("tells who has answered, the machine's own guests aside", async (t) => {
  const { look, ran } = running(t, linux, machine, { "/usr/sbin/ip": { code: 0, text: printed } });
  t.same(await linux.collect(look, facts), {
    document: {
      neighbours: [...ipv4, { address: "fe80::1", mac: "a4:2b:b0:11:22:33", interface: "wlan0" }],
    },
  });
  t.same(ran, [["/usr/sbin/ip", "-json", "-6", "neigh"]]);
});

t.test("tells what the file alone tells where no program does", async (t) => {
  const { look } = running(t, linux, machine);
  t.same(await linux.collect(look, facts), { document: { neighbours: ipv4 } });
  const found = await collected(t, "nearby.neighbours", machine, precise);
  t.same([found.status, found.document], ["ok", { neighbours: ipv4 }]);
});

t.test("says that there is nobody apart from a system that does not run", async (t) => {
  t.match(await collected(t, "nearby.neighbours", {}, precise), { status: "unsupported" });
  t.match(await collected(t, "nearby.neighbours", { "/proc/net/arp": "IP\n" }, precise), { status: "none" });
});

t.test("makes something of whatever is printed", async () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(parseIpNeigh(text))));
  fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => parseArp(text).length === 0));
});
