// What stands in the slots, as an admin counts it: memory, each slot once.
import t from "tap";
import { doubleWord, memoryDevice, smbiosTable, structure, word } from "../testing/smbios-table.ts";
import { memoryModules } from "./memory-modules.ts";
import { parseSmbios } from "./smbios.ts";

const GiB = 2 ** 30;
const modulesIn = (...devices: Uint8Array[]) => memoryModules(parseSmbios(smbiosTable(...devices)));
const first = (...devices: Uint8Array[]) => modulesIn(...devices).modules[0];

t.test("tells everything of a module, and of no empty slot", async (t) => {
  const taken = memoryDevice({
    size: 16_384,
    locator: "DIMM A1 ",
    bank: "BANK 0",
    fields: { 21: word(3_200), 32: word(2_933) },
    texts: ["Samsung  ", "01A2B3C4", "M393A2K40DB3-CWE    "],
  });
  t.same(
    modulesIn(taken, memoryDevice({ size: 0, locator: "DIMM A2", texts: ["NO DIMM", "0", "NO DIMM"] })),
    {
      modules: [
        {
          slot: "DIMM A1",
          size: 16 * GiB,
          type: "DDR4",
          speed: 2_933,
          manufacturer: "Samsung",
          partNumber: "M393A2K40DB3-CWE",
          serial: "01A2B3C4",
        },
      ],
      persistent: 0,
    },
  );
});

t.test("reads sizes in every way they are written", async (t) => {
  const size = (size: number, extended = 0) =>
    first(memoryDevice({ size, locator: "A", fields: { 28: doubleWord(extended) } }))?.size;
  t.equal(size(512), GiB / 2);
  t.equal(size(0x7ffe), 0x7ffe * 2 ** 20);
  t.equal(size(0x7fff, 131_072), 128 * GiB);
  t.equal(size(0x7fff, 0x80000000 + 1_024), GiB, "the highest bit is reserved");
  t.equal(size(0x8000 + 2_048), 2 * 2 ** 20);
  t.same(
    first(memoryDevice({ size: 0xffff, locator: "A" })),
    { slot: "A", type: "DDR4" },
    "there, but not known",
  );
});

t.test("tells the configured speed, else the rated one", async (t) => {
  const speed = (fields: Record<number, readonly number[]>) =>
    first(memoryDevice({ size: 1_024, locator: "A", fields }))?.speed;
  t.equal(speed({ 21: word(3_200) }), 3_200);
  t.equal(speed({ 21: word(3_200), 32: word(2_933) }), 2_933);
  t.equal(speed({ 32: word(0xffff), 88: doubleWord(70_000) }), 70_000);
  t.equal(speed({ 21: word(0xffff), 84: doubleWord(65_600), 32: word(0) }), 65_600);
  t.equal(speed({}), undefined);
});

t.test(
  "counts neither flash nor persistent modules as memory, but what of these serves as memory",
  async (t) => {
    const flash = memoryDevice({ size: 0x8000 + 512, locator: "SYSTEM ROM", memoryType: 9 });
    const small = memoryDevice({ size: 0x8000 + 512, locator: "SYSTEM ROM", memoryType: 2 });
    const optane = (...volatile: number[]) =>
      memoryDevice({
        size: 0x7fff,
        locator: "P1-DIMMA2",
        memoryType: 0x1f,
        fields: { 28: doubleWord(129_408), 40: 7, 60: volatile },
      });
    const nvdimm = memoryDevice({ size: 16_384, locator: "P1-DIMMA3", fields: { 40: 4 } });
    t.same(modulesIn(flash, small, optane(), nvdimm), { modules: [], persistent: 2 });
    t.equal(modulesIn(optane(...Array<number>(8).fill(0xff))).persistent, 1, "not known is not memory");
    t.match(modulesIn(optane(0, 0, 0, 0, 0x10)), { modules: [{ slot: "P1-DIMMA2" }], persistent: 0 });
  },
);

t.test("gives no two slots one name, and the same names when a slot is filled", async (t) => {
  const slots = (...locators: [string?, string?][]) =>
    modulesIn(
      ...locators.map(([locator, bank]) =>
        memoryDevice({ size: 1_024, ...(locator ? { locator } : {}), ...(bank ? { bank } : {}) }),
      ),
    ).modules.map(({ slot }) => slot);
  t.same(slots(["DIMM 0", "P0 CHANNEL A"], ["DIMM 0", "P0 CHANNEL B"]), [
    "DIMM 0 (P0 CHANNEL A)",
    "DIMM 0 (P0 CHANNEL B)",
  ]);
  t.same(slots(["DIMM 0", "BANK 0"], ["DIMM 1", "BANK 0"]), ["DIMM 0", "DIMM 1"]);
  t.same(slots(["Motherboard", "BANK 0"], ["Motherboard", "BANK 0"], ["Motherboard", "BANK 1"]), [
    "Motherboard (BANK 0) #1",
    "Motherboard (BANK 0) #2",
    "Motherboard (BANK 1)",
  ]);
  t.same(slots(["A"], ["A"], ["A #1"], [" ", "B"], [], []), ["A #2", "A #3", "A #1", "B", "#1", "#2"]);
  const empty = memoryDevice({ size: 0, locator: "DIMM 0", bank: "B" });
  t.equal(first(empty, memoryDevice({ size: 1, locator: "DIMM 0", bank: "A" }))?.slot, "DIMM 0 (A)");
});

t.test("takes the modules of tables from before type 17", async (t) => {
  const socket = (name: string, size: number, type = 0x0500) =>
    structure({ type: 6, length: 12, fields: { 4: 1, 7: word(type), 9: size }, strings: [name] });
  const old = [
    socket("DIMM0", 0x8a),
    socket("DIMM1", 9, 0x0100),
    socket("DIMM2", 0x7f),
    socket("DIMM3", 0x7d),
  ];
  t.same(modulesIn(...old).modules, [
    { slot: "DIMM0", size: GiB, type: "SDRAM" },
    { slot: "DIMM1", size: GiB / 2 },
  ]);
  t.same(modulesIn(...old, memoryDevice({ size: 0, locator: "A" })).modules, [], "type 17 is the better one");
});

t.test("does with structures that are too short for what they should tell", async (t) => {
  t.same(modulesIn(structure({ type: 17, length: 0x0e, fields: { 12: word(1_024) } })).modules, [
    { slot: "#1", size: GiB },
  ]);
  t.same(modulesIn(structure({ type: 17, length: 4 }), structure({ type: 6, length: 4 })).modules, []);
});
