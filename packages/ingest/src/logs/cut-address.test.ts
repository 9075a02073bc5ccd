/** Addresses in the log: cut to their network whatever form they come in, never finer. */
import { isIPv6 } from "node:net";
import fc from "fast-check";
import t from "tap";
import { cutAddress } from "./request-log.ts";

t.test("cuts an IPv4 address to its /24, an IPv6 address to its /48", async (t) => {
  for (const [address, cut] of [
    ["192.0.2.77", "192.0.2.0/24"],
    ["127.0.0.1", "127.0.0.0/24"],
    ["0.0.0.0", "0.0.0.0/24"],
    ["255.255.255.255", "255.255.255.0/24"],
    ["::ffff:192.0.2.77", "192.0.2.0/24"],
    ["::FFFF:192.0.2.77", "192.0.2.0/24"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"],
    ["2001:DB8:ABCD:EF01::1", "2001:db8:abcd::/48"],
    ["2001:0db8:0001:0002:0003:0004:0005:0006", "2001:db8:1::/48"],
    ["2001:db8::1", "2001:db8::/48"],
    ["2001:db8:0:1::", "2001:db8::/48"],
    ["2001:0:0:1::", "2001::/48"],
    ["0:0:5::1", "0:0:5::/48"],
    ["1::2:3:4:5:6:7", "1:0:2::/48"],
    ["::2:3:4:5:6:7:8", "0:2:3::/48"],
    ["::1", "::/48"],
    ["::", "::/48"],
    ["fe80::1%eth0", "fe80::/48"],
    ["fe80:1:2:3::1%wlan-0", "fe80:1:2::/48"],
    ["64:ff9b::192.0.2.77", "64:ff9b::/48"],
    ["1:2:3:4:5:6:192.0.2.77", "1:2:3::/48"],
    ["::3:4:5:6:192.0.2.77", "0:0:3::/48"],
    ["::ffff:c000:24d", "::/48"],
  ] as const)
    t.equal(cutAddress(address), cut, address);
});

t.test("has nothing to tell of a local socket, nor of what is no address", async (t) => {
  for (const none of [
    undefined,
    "",
    "@",
    "/run/agent.sock",
    "localhost",
    "192.0.2",
    "1.2.3.4.5",
    "::ffff:1.2.3.256",
    ":::",
  ])
    t.equal(cutAddress(none), null, String(none));
});

/** As `new URL` writes addresses: its own reading of them, apart from ours. */
const shortest = (address: string) => new URL(`http://[${address}]`).hostname.slice(1, -1);

t.test("keeps exactly the first 48 bits of any IPv6 address", async () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.constantFrom("", "%eth0"), (address, zone) => {
      if (!isIPv6(address) || shortest(address).startsWith("::ffff:")) return true;
      const cut = cutAddress(address + zone) ?? "";
      const [network = "", bits] = cut.split("/");
      const groups = (text: string) => {
        const [front = "", back = ""] = shortest(text).split("::");
        const [first, last] = [front, back].map((part) => (part === "" ? [] : part.split(":")));
        return [
          ...(first ?? []),
          ...Array(8 - (first?.length ?? 0) - (last?.length ?? 0)).fill("0"),
          ...(last ?? []),
        ];
      };
      const kept = [...groups(address).slice(0, 3), "0", "0", "0", "0", "0"];
      return bits === "48" && groups(network).join(":") === kept.join(":") && network === shortest(network);
    }),
    { numRuns: 300 },
  );
});

t.test("keeps exactly the first 24 bits of any IPv4 address", async () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.constantFrom("", "::ffff:"), (address, prefix) => {
      return cutAddress(prefix + address) === `${address.replace(/\.\d+$/, ".0")}/24`;
    }),
  );
});
