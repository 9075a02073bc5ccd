// What would tell where a device is never passes below the choice `precise`.
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { locationLevels, ownerships } from "./categories.ts";
import {
  cellResolution,
  cellResolutions,
  isPublicAddress,
  type LocationRule,
  withoutLocated,
} from "./located-fields.ts";
import { definition as location } from "./sections/location.ts";
import { anyCharacter } from "./testing/any-character.ts";
import { documents } from "./testing/documents.ts";
import { type MadeUp, madeUp } from "./testing/made-up-section.ts";

t.test("calls no address local that the internet can see, in whatever form it stands", async (t) => {
  const seen = [
    "8.8.8.8",
    "8.8.8.8/24",
    "1.1.1.1/32",
    "172.32.0.1",
    "192.169.0.1",
    "100.128.0.1",
    "2001:4860:4860::8888",
    "2001:4860:4860::8888/64",
    "::ffff:8.8.8.8",
    "::8.8.8.8",
    "::ffff:0:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
    "2001:0:808:808::1",
  ];
  t.strictSame(
    seen.filter((address) => !isPublicAddress(address)),
    [],
  );
});

t.test("calls addresses local that mean nothing outside their network", async (t) => {
  const local = [
    "0.0.0.0",
    "10.0.0.1",
    "10.255.255.255/8",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.1.1",
    "172.16.0.1/12",
    "172.31.255.255",
    "192.168.1.5/24",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1/128",
    "fe80::1/64",
    "fe80::1%eth0",
    "FC00::1",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
  ];
  t.strictSame(local.filter(isPublicAddress), []);
});

t.test("calls nothing harmless that cannot be read", async (t) => {
  const odd = [
    "",
    "10",
    "10.1",
    "0x0a000001",
    "10.0.0.1/8/8.8.8.8",
    "10.0.0.1/Vienna",
    "10.0.0.1 8.8.8.8",
    "8.8.8.8%eth0",
    "home",
    "/",
  ];
  t.strictSame(
    odd.filter((text) => !isPublicAddress(text)),
    [],
  );
  fc.assert(
    fc.property(
      fc.string({ unit: anyCharacter }),
      (text) => isPublicAddress(`10.0.0.1/${text}`) || /^\d{1,3}$/.test(text),
    ),
    { numRuns: 200 },
  );
});

/** Private and other local networks of IPv4 by number, written down apart from the library that is asked. */
const localNetworks = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;

const numberOf = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

t.test("draws the line through IPv4 where the registries do", async () => {
  const near = fc.constantFrom(...localNetworks).chain(([network, prefix]) => {
    const [first, size] = [numberOf(network), 2 ** (32 - prefix)];
    return fc.constantFrom(first - 1, first, first + size - 1, first + size);
  });
  const numbers = fc.oneof(
    near,
    fc.nat(2 ** 31 - 1),
    fc.nat(2 ** 31 - 1).map((number) => number + 2 ** 31),
  );
  fc.assert(
    fc.property(numbers, (number) => {
      const wrapped = (number + 2 ** 32) % 2 ** 32;
      const address = [24, 16, 8, 0].map((bits) => Math.floor(wrapped / 2 ** bits) % 256).join(".");
      const local = localNetworks.some(([network, prefix]) => {
        const offset = wrapped - numberOf(network);
        return offset >= 0 && offset < 2 ** (32 - prefix);
      });
      return isPublicAddress(address) === !local;
    }),
    { numRuns: 300 },
  );
});

const document: MadeUp = {
  name: "oak",
  room: "attic",
  address: "8.8.8.8",
  maker: { name: "Ada", street: "Ring 1" },
  books: [{ title: "a", language: "en", places: ["8.8.8.8", "10.0.0.1", "fe80::1"] }],
};
const localOnly = { title: "a", language: "en", places: ["10.0.0.1", "fe80::1"] };
const told = (rule: LocationRule) => withoutLocated(madeUp, document, rule);

t.test("leaves out on a personal device what locates it, public addresses too", async (t) => {
  for (const level of [null, "country", "region", "city", "district"] as const)
    t.strictSame(told({ ownership: "personal", level }), {
      name: "oak",
      maker: { name: "Ada" },
      books: [localOnly],
    });
  t.strictSame(withoutLocated(madeUp, { address: "10.0.0.1" }, { ownership: "personal", level: null }), {
    address: "10.0.0.1",
  });
});

t.test("keeps public addresses of an organisation's device, and nothing else that locates it", async (t) => {
  for (const level of [null, "country", "district"] as const)
    t.strictSame(told({ ownership: "organisation", level }), {
      name: "oak",
      address: "8.8.8.8",
      maker: { name: "Ada" },
      books: document.books,
    });
});

t.test("leaves everything where it is when the location was granted precisely", async (t) => {
  for (const ownership of ownerships) t.strictSame(told({ ownership, level: "precise" }), document);
});

t.test("takes only what locates away from any document, and all of it", async () => {
  const addresses = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("10.0.0.1", "fe80::1/64"));
  const located = fc.tuple(documents(madeUp), fc.array(addresses, { maxLength: 3 }), addresses).map(
    ([made, places, address]): MadeUp => ({
      ...made,
      address,
      ...(made.books ? { books: made.books.map((book) => ({ ...book, places })) } : {}),
    }),
  );
  const levels = fc.constantFrom(null, ...locationLevels.filter((level) => level !== "precise"));
  fc.assert(
    fc.property(located, levels, (made, level) => {
      const left = withoutLocated(madeUp, made, { ownership: "personal", level });
      assert.ok(madeUp.document.safeParse(left).success);
      assert.ok(!("room" in left) && !(left.maker && "street" in left.maker));
      const places = [left.address ?? "10.0.0.1", ...(left.books ?? []).flatMap((book) => book.places ?? [])];
      assert.ok(!places.some(isPublicAddress));
      const { room: _, address: __, maker, books, ...rest } = made;
      const { address: ___, maker: leftMaker, books: leftBooks, ...leftRest } = left;
      assert.deepEqual(leftRest, rest);
      assert.deepEqual(
        leftMaker,
        maker && Object.fromEntries(Object.entries(maker).filter(([name]) => name !== "street")),
      );
      assert.deepEqual(
        leftBooks?.map(({ places: _, ...book }) => book),
        books?.map(({ places: _, ...book }) => book),
      );
      assert.deepEqual(withoutLocated(madeUp, left, { ownership: "personal", level }), left);
    }),
    { numRuns: 100 },
  );
});

/** The cell of one place in every resolution, as h3-js writes it. */
const cells = [
  "801ffffffffffff",
  "811e3ffffffffff",
  "821e07fffffffff",
  "831e15fffffffff",
  "841e15bffffffff",
  "851e15b7fffffff",
  "861e15b47ffffff",
  "871e15b71ffffff",
  "881e15b713fffff",
  "891e15b712bffff",
  "8a1e15b712affff",
  "8b1e15b712abfff",
  "8c1e15b712abdff",
  "8d1e15b712abd3f",
  "8e1e15b712abd2f",
  "8f1e15b712abd28",
];

t.test(
  "knows how fine a cell is, and takes nothing for a cell in which a finer one may be hidden",
  async (t) => {
    t.strictSame(
      cells.map(cellResolution),
      cells.map((_, resolution) => resolution),
    );
    const none = [
      "",
      "8",
      "851e15b7",
      "851e15b7fffffff0",
      "851e15b7ffffffe",
      "951e15b7fffffff",
      "851E15B7FFFFFFF",
    ];
    // The digits of the finest cell behind a coarse resolution.
    const hidden = cells.slice(0, 15).map((cell) => cell.slice(0, 2) + (cells[15] ?? "").slice(2));
    t.strictSame(
      [...none, ...hidden].map(cellResolution),
      [...none, ...hidden].map(() => null),
    );
  },
);

t.test(
  "tells cells of the level chosen and coarser, and the middle of one at the finest alone",
  async (t) => {
    const told = (level: LocationRule["level"], cell: string) =>
      withoutLocated(
        location,
        { cell, latitude: 48.1, longitude: 16.2 },
        { ownership: "organisation", level },
      );
    for (const [level, finest] of [...Object.entries(cellResolutions), [null, null] as const]) {
      const chosen = locationLevels.find((each) => each === level) ?? null;
      for (const [resolution, cell] of cells.entries()) {
        const isTold = finest !== null && resolution <= finest;
        const expected =
          chosen === "precise" ? { cell, latitude: 48.1, longitude: 16.2 } : isTold ? { cell } : {};
        t.strictSame(told(chosen, cell), expected, `${level} ${resolution}`);
      }
      if (chosen !== "precise") t.strictSame(told(chosen, "48.2082,16.3738"), {}, `${level}`);
    }
  },
);
