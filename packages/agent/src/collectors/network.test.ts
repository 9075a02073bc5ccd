// Section `network`: interfaces and addresses from another machine's tree, and of this machine.
import { readdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import fc from "fast-check";
import t from "tap";
import { z } from "zod";
import { runCollector } from "../collecting/run-collector.ts";
import { parseSpeed } from "../linux/interface-link.ts";
import { parseMac } from "../linux/mac-address.ts";
import { collected, type Tree } from "../testing/collected.ts";
import { collector } from "./network.ts";

type Files = Readonly<Record<string, string | { readonly link: string } | "folder">>;

/** An interface below /sys/class/net, as Ethernet unless it says otherwise. */
function device(name: string, files: Files): Tree {
  const usual = { type: "1\n", ifindex: "2\n", iflink: "2\n", uevent: `INTERFACE=${name}\nIFINDEX=2\n` };
  return Object.fromEntries(
    Object.entries({ ...usual, ...files }).map(([file, content]) => [
      `/sys/class/net/${name}/${file}`,
      content,
    ]),
  );
}
const pci = { "device/driver": { link: "../../../../bus/pci/drivers/e1000e" } } as const;
const mac = "00:11:22:33:44:55\n";
const eth0 = device("eth0", {
  ...pci,
  address: mac,
  addr_assign_type: "0\n",
  operstate: "up\n",
  speed: "1000\n",
  duplex: "full\n",
  mtu: "1500\n",
});
const addresses: Tree = {
  "/proc/net/if_inet6": "20010db8000000000000000000000005 02 40 00 80     eth0\n",
  "/proc/net/fib_trie": `     |-- 10.1.2.3\n        /32 host LOCAL\n     |-- 10.1.2.255\n        /32 link BROADCAST\n`,
  "/proc/net/route": "eth0\t0002010A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
};

const documentSchema = z.object({ interfaces: z.array(z.looseObject({ name: z.string() })) });
const interfacesIn = (document: unknown) => documentSchema.parse(document).interfaces;

/** What is found of the one interface there is. */
async function only(tree: Tree): Promise<unknown> {
  const [first, ...more] = interfacesIn((await collected(t, "network", tree)).document);
  t.same(more, []);
  return first;
}

t.test("tells an interface with all that is known of it", async (t) => {
  const link = { "/sys/class/net/lo/type": "772\n", "/sys/class/net/bonding_masters": "bond0\n" };
  const found = await collected(t, "network", { ...eth0, ...addresses, ...link });
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(found.document, {
    interfaces: [
      {
        name: "eth0",
        mac: "00:11:22:33:44:55",
        type: "ethernet",
        driver: "e1000e",
        up: true,
        speed: 1_000,
        duplex: "full",
        mtu: 1_500,
        addresses: ["10.1.2.3/24", "2001:db8::5/64"],
      },
    ],
  });
});

t.test("leaves out public addresses of personal devices, and nothing else", async (t) => {
  const rule = { ownership: "personal", level: null } as const;
  const { document } = await collected(
    t,
    "network",
    { ...eth0, ...addresses, "/proc/net/if_inet6": "2a000000000000000000000000000005 02 40 00 80 eth0\n" },
    { rule },
  );
  t.match(interfacesIn(document), [{ name: "eth0", addresses: ["10.1.2.3/24"] }]);
});

t.test("tells the hardware's own address, where there is one that stays", async (t) => {
  const own = "aa:bb:cc:dd:ee:01\n";
  const first = async (files: Files) => Object(await only(device("x0", { ...pci, ...files }))).mac;
  t.equal(await first({ address: mac, "bonding_slave/perm_hwaddr": own }), "aa:bb:cc:dd:ee:01");
  const wifi = { uevent: "DEVTYPE=wlan\n", address: mac };
  t.equal(await first({ ...wifi, "phy80211/macaddress": own }), "aa:bb:cc:dd:ee:01");
  t.equal(await first({ ...wifi, addr_assign_type: "0\n" }), "00:11:22:33:44:55");
  t.equal(await first({ ...wifi, addr_assign_type: "3\n" }), undefined, "another one for each network");
  t.equal(await first({ address: mac, addr_assign_type: "3\n" }), "00:11:22:33:44:55");
  t.equal(await first({ address: mac, addr_assign_type: "1\n" }), undefined, "another one at each start");
  t.equal(await first({ address: "00:00:00:00:00:00\n" }), undefined);
  const guid = "e4:1d:2d:03:00:7a:22:31";
  t.equal(await first({ type: "32\n", address: `80:00:02:08:fe:80:00:00:00:00:00:00:${guid}\n` }), guid);
  t.equal(await first({ uevent: "DEVTYPE=bridge\n", address: mac }), undefined);
});

t.test("tells the speed of a device's link that is up", async (t) => {
  const speed = async (files: Files) => Object(await only(device("x0", files))).speed;
  t.equal(await speed({ ...pci, operstate: "up\n", speed: "2500\n" }), 2_500);
  t.equal(await speed({ ...pci, operstate: "down\n", speed: "2500\n" }), undefined);
  t.equal(await speed({ ...pci, operstate: "up\n", speed: "-1\n" }), undefined);
  t.equal(await speed({ tun_flags: "0x1002\n", operstate: "up\n", speed: "10\n" }), undefined, "made up");
  t.same(["0", "4294967295", "1e3", "", undefined].map(parseSpeed), Array(5));
});

t.test("tells what an interface belongs to, and what it is made on top of", async (t) => {
  const found = await collected(t, "network", {
    ...device("eth0", { ...pci, master: { link: "../bond0" }, operstate: "down\n", duplex: "full\n" }),
    ...device("bond0", { uevent: "DEVTYPE=bond\n", lower_eth0: { link: "../eth0" }, mtu: "9000\n" }),
    ...device("bond0.10", {
      uevent: "DEVTYPE=vlan\n",
      lower_bond0: { link: "../bond0" },
      operstate: "unknown\n",
    }),
    ...device("odd", { uevent: "DEVTYPE=vlan\n", lower_a: "", lower_b: "", mtu: "-1\n" }),
    "/proc/net/vlan/config":
      "VLAN Dev name    | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\nbond0.10       | 10  | bond0\n",
  });
  t.same(interfacesIn(found.document), [
    { name: "bond0", type: "bond", mtu: 9_000 },
    { name: "bond0.10", type: "vlan", parent: "bond0", vlan: 10 },
    { name: "eth0", type: "ethernet", driver: "e1000e", up: false, master: "bond0" },
    { name: "odd", type: "vlan" },
  ]);
});

t.test("does not take its own network for another machine's", async (t) => {
  const first = { "/proc/1/net/if_inet6": "fd000000000000000000000000000001 02 40 00 80 eth0\n" };
  t.match(await only({ ...eth0, ...addresses, ...first }), { addresses: ["fd00::1/64"] });
});

t.test("says when it cannot place an address, and when there is nothing", async (t) => {
  const { diagnostics } = await collected(t, "network", { ...eth0, ...addresses, "/proc/net/route": "" });
  t.match(diagnostics, [/^of 1 IPv4 addresses/]);
  t.match(await collected(t, "network", {}), { status: "none", diagnostics: [] });
  t.match(await collected(t, "network", device("lo", { type: "772\n" })), { status: "none" });
});

t.test("tells this machine's interfaces as the system does", async (t) => {
  const facts = {
    platform: "linux",
    agentVersion: "1",
    applications: [],
    server: null,
    location: { level: null },
  } as const;
  const [first, second] = [
    await runCollector(collector, null, facts),
    await runCollector(collector, null, facts),
  ];
  t.strictSame(second, first, "the same again");
  const found = first.status === "ok" ? interfacesIn(first.document) : [];
  const devices = readdirSync("/sys/class/net").filter((name) => found.every((each) => each.name !== name));
  t.same(
    devices.filter((name) => /^(en|eth\d|wl)/.test(name)),
    [],
    "every one that has a device is there",
  );
  for (const { name, addresses } of found) {
    const told = (networkInterfaces()[name] ?? []).flatMap(({ family, cidr, address }) =>
      family === "IPv4" && !address.startsWith("169.254.") ? [cidr] : [],
    );
    const own = z.array(z.string()).default([]).parse(addresses);
    t.same(
      told.filter((address) => address === null || !own.includes(address)),
      [],
      name,
    );
  }
});

t.test("believes no address that is none", async (t) => {
  t.same(
    ["", "00:11", "ff:ff:ff:ff:ff:ff", "gg:11:22:33:44:55", "00:11:22:33:44:55:66", undefined].map(parseMac),
    Array(6),
  );
  t.equal(parseMac("AA:11:22:33:44:55"), "aa:11:22:33:44:55");
});

t.test("passes its definition whatever the files hold", async () => {
  const names = [
    "type",
    "uevent",
    "address",
    "addr_assign_type",
    "operstate",
    "speed",
    "ifindex",
    "iflink",
    "tun_flags",
  ];
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom("1\n", "772\n", "up\n", mac, "DEVTYPE=wlan\n"),
  );
  const files = fc.record(Object.fromEntries(names.map((name) => [name, bytes])), {
    requiredKeys: [],
    noNullPrototype: true,
  });
  await fc.assert(
    fc.asyncProperty(files, bytes, bytes, bytes, async (of, trie, route, inet6) => {
      const own = Object.entries(of).map(([name, content]) => [`/sys/class/net/x0/${name}`, content]);
      const tables = { "/proc/net/fib_trie": trie, "/proc/net/route": route, "/proc/net/if_inet6": inet6 };
      const { status } = await collected(t, "network", { ...Object.fromEntries(own), ...tables });
      return status === "ok" || status === "none";
    }),
    { numRuns: 100 },
  );
});
