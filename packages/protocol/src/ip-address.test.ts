// IP addresses: one form for each, however it is written.
import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import t from "tap";
import { plainAddress } from "./ip-address.ts";
import { anyCharacter } from "./testing/any-character.ts";

t.test("writes an address in one form, without its prefix length", async (t) => {
  const written = {
    "192.0.2.7": "192.0.2.7",
    "192.0.2.7/24": "192.0.2.7",
    "192.0.2.7/255": "192.0.2.7",
    "::1": "::1",
    "2001:DB8:0:0::7/64": "2001:db8::7",
    "2001:db8:0:1:0:0:0:7": "2001:db8:0:1::7",
    "fe80::1%eth0": "fe80::1%eth0",
    "::ffff:192.0.2.7": "192.0.2.7",
    "::ffff:c000:207/128": "192.0.2.7",
  };
  t.strictSame(Object.keys(written).map(plainAddress), Object.values(written));
});

t.test("takes nothing else for an address", async (t) => {
  const others = [
    "",
    "/24",
    "192.0.2",
    "192.0.2.7.1",
    "192.0.2.256",
    "192.0.2.07",
    "0xc0.0.2.7",
    "3221225991",
    "192.0.2.7/",
    "192.0.2.7/a",
    "192.0.2.7/24/24",
    "192.0.2.7 /24",
    " 192.0.2.7",
    "192.0.2.7\n",
    "192.0.2.7:80",
    "[::1]",
    ":::1",
    "1::2::3",
    "host",
  ];
  t.strictSame(
    others.filter((other) => plainAddress(other) !== null),
    [],
  );
});

t.test("reads every address that Node knows, and gives one that stays as it is", async () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.option(fc.nat(128)), (address, prefix) => {
      const plain = plainAddress(prefix === null ? address : `${address}/${prefix}`);
      return plain !== null && plain === plainAddress(plain) && (isIPv4(plain) || isIPv6(plain));
    }),
    { numRuns: 300 },
  );
});

t.test("answers any text at all", async () => {
  const texts = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef:./%") }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const plain = plainAddress(text);
      return plain === null || plainAddress(plain) === plain;
    }),
    { numRuns: 300 },
  );
});
