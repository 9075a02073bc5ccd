// Which addresses are on which interface, by the kernel's own tables.
import { isIP } from "node:net";
import fc from "fast-check";
import t from "tap";
import { ipv4Addresses, parseConnectedRoutes, parseFibTrie, parseIfInet6 } from "./interface-addresses.ts";

t.test("tells the IPv6 addresses that stay", async (t) => {
  const table = `20010db8000000000000000000000005 06 40 00 80     eth0
20010db800000000021122fffe334455 06 40 00 00     eth0
20010db80000000000000000000000aa 06 40 00 01     eth0
20010db80000000000000000000000bb 06 40 00 20     eth0
20010db80000000000000000000000cc 06 40 00 e0     eth0
20010db80000000000000000000000c1 06 40 00 a0     eth0
20010db80000000000000000000000dd 06 40 00 c0     eth0
20010db80000000000000000000000ee 06 40 00 88     eth0
20010db80000000000000000000000f1 06 40 00 21     eth0
fe800000000000000211220ffe334455 06 40 20 80     eth0
febf0000000000000000000000000001 06 40 20 80     eth0
0fe80000000000000000000000000001 07 80 00 80    wlan0
fdaa00000000000000000000000abcde 07 0a 00 80    wlan0
00000000000000000000000000000001 01 80 10 80       lo
`;
  t.same(Object.fromEntries(parseIfInet6(table)), {
    eth0: ["2001:db8::5/64", "2001:db8::211:22ff:fe33:4455/64", "2001:db8::c1/64"],
    wlan0: ["fe8::1/128", "fdaa::a:bcde/10"],
  });
});

/** As Linux 6.18 shows it: two addresses in one network, a bridge without a carrier, a network of two addresses. */
const fibTrie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.1.2.0/24 2 0 2
        +-- 10.1.2.0/28 3 0 4
           |-- 10.1.2.0
              /24 link UNICAST
           |-- 10.1.2.3
              /32 host LOCAL
           |-- 10.1.2.10
              /32 host LOCAL
        |-- 10.1.2.255
           /32 link BROADCAST
     |-- 10.7.0.2
        /31 link UNICAST
        /32 host LOCAL
     |-- 10.9.0.2
        /32 host LOCAL
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
     |-- 169.254.7.7
        /32 host LOCAL
     +-- 172.17.0.0/16 2 0 2
        |-- 172.17.0.1
           /32 host LOCAL
        |-- 172.17.255.255
           /32 link BROADCAST
`;
const head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
const line = (name: string, destination: string, mask: string, flags = "0001", gateway = "00000000") =>
  `${name}\t${destination}\t${gateway}\t${flags}\t0\t0\t0\t${mask}\t0\t0\t0      \n`;
const eth0 = line("eth0", "0002010A", "00FFFFFF");
const routes = [
  head,
  line("eth0", "00000000", "00000000", "0003", "0102010A"),
  eth0,
  line("eth0", "0000000A", "000000FF", "0003", "0102010A"),
  line("docker0", "000011AC", "0000FFFF"),
  line("dum0", "0200070A", "FEFFFFFF"),
  line("wg0", "0000090A", "00FFFFFF"),
].join("");

const placed = (trie: string, table: string) => {
  const { placed, unplaced } = ipv4Addresses(parseFibTrie(trie), parseConnectedRoutes(table));
  return { placed: Object.fromEntries(placed), unplaced };
};

t.test("tells IPv4 addresses by the networks that they are in", async (t) => {
  t.same(placed(fibTrie, routes), {
    placed: {
      eth0: ["10.1.2.3/24", "10.1.2.10/24"],
      dum0: ["10.7.0.2/31"],
      docker0: ["172.17.0.1/16"],
    },
    // The route through wg0 is no network of an address: such a one would have a broadcast address.
    unplaced: 1,
  });
});

t.test("does not guess between two interfaces in one network", async (t) => {
  const both = placed(fibTrie, routes + line("wlan0", "0002010A", "00FFFFFF"));
  t.same(both.placed.eth0, undefined);
  t.equal(both.unplaced, 3);
  t.same(placed(fibTrie, routes + eth0).unplaced, 1, "the same route twice leads to one");
});

t.test("takes routes of no network for none", async (t) => {
  const others = [
    line("eth0", "0002010A", "00FFFFFF", "0003"),
    line("eth0", "0002010A", "00FFFFFF", "0000"),
    line("*", "0002010A", "00FFFFFF", "0201"),
    line("eth0", "0A010200", "FFFFFF00"),
    line("eth0", "00000000", "00000000"),
    "eth0\tx\n",
  ];
  t.same(parseConnectedRoutes(head + others.join("")), []);
});

t.test("never fails, and tells addresses with their prefix only", async () => {
  const pieces = [
    ...fibTrie.split(/\b/),
    ...routes.split(/\b/),
    "80",
    "f".repeat(32),
    "0".repeat(32),
    " 81 ff 00 80 a\n",
  ];
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((all) => all.join("")),
    fc
      .tuple(fc.nat(fibTrie.length), fc.nat(9))
      .map(([at, gone]) => fibTrie.slice(0, at) + fibTrie.slice(at + gone)),
  );
  fc.assert(
    fc.property(text, text, (trie, table) => {
      const { placed } = ipv4Addresses(parseFibTrie(trie), parseConnectedRoutes(table));
      const all = [...placed.values(), ...parseIfInet6(trie).values()].flat();
      return all.every((address) => {
        const [ip = "", prefix, ...more] = address.split("/");
        return isIP(ip) > 0 && Number(prefix) <= 128 && more.length === 0;
      });
    }),
    { numRuns: 300 },
  );
});
