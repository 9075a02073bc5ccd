// Servers as they were recorded, their documents checked by hand against what dmidecode printed.
import t from "tap";
import { collected } from "../testing/collected.ts";
import { dumpedMachine, GiB, inventory, modulesAt, printedMachine, withoutIds } from "../testing/machines.ts";
import { withoutRecords } from "../testing/records.ts";

const sections = ["system", "firmware", "memory"] as const;

t.test("PowerEdge R7525 with 4 of its 32 slots filled", { skip: withoutRecords }, async (t) => {
  const module = {
    size: 32 * GiB,
    type: "DDR4",
    speed: 3_200,
    manufacturer: "802C8632802C",
    partNumber: "36ASF4G72PZ-3G2J3",
  };
  t.same(withoutIds(await inventory(t, printedMachine("server-dell-r7525"), sections)), {
    system: {
      manufacturer: "Dell Inc.",
      model: "PowerEdge R7525",
      family: "PowerEdge",
      board: { manufacturer: "Dell Inc.", model: "0YHMCJ" },
      chassis: { type: "rack mount chassis" },
    },
    firmware: { vendor: "Dell Inc.", version: "1.7.3", release: "1.7", date: "2020-10-05" },
    memory: {
      slots: 32,
      errorCorrection: "multi-bit ECC",
      modules: modulesAt(["A1", "A2", "B1", "B2"], module),
    },
  });
});

t.test("ProLiant DL360 Gen9 with a controller of its own", { skip: withoutRecords }, async (t) => {
  const slots = ["PROC 1 DIMM 12", "PROC 1 DIMM 4", "PROC 2 DIMM 12", "PROC 2 DIMM 4"];
  const module = { size: 16 * GiB, type: "DDR4", speed: 2_133, manufacturer: "HP", partNumber: "752369-081" };
  t.same(withoutIds(await inventory(t, printedMachine("server-hp-dl360-gen9"), sections)), {
    system: {
      manufacturer: "HP",
      model: "ProLiant DL360 Gen9",
      sku: "818208-B21",
      family: "ProLiant",
      board: { manufacturer: "HP", model: "ProLiant DL360 Gen9" },
      chassis: { type: "rack mount chassis" },
    },
    firmware: {
      vendor: "HP",
      version: "P89",
      release: "2.30",
      date: "2016-09-13",
      controllerRelease: "2.50",
    },
    memory: { slots: 24, errorCorrection: "multi-bit ECC", modules: modulesAt(slots, module) },
  });
});

t.test("Supermicro 2029U with persistent modules beside its memory", { skip: withoutRecords }, async (t) => {
  const machine = printedMachine("server-supermicro-2029u-optane");
  const slots = ["P1", "P2"].flatMap((node) => ["A1", "B1", "C1", "D1"].map((slot) => `${node}-DIMM${slot}`));
  const module = {
    size: 16 * GiB,
    type: "DDR4",
    speed: 2_666,
    manufacturer: "Micron Technology",
    partNumber: "18ASF2G72PDZ-2G9E1",
  };
  t.same(withoutIds(await inventory(t, machine, sections)), {
    system: {
      manufacturer: "Supermicro",
      model: "SYS-2029U-TN24R4T",
      board: { manufacturer: "Supermicro", model: "X11DPU" },
    },
    firmware: { vendor: "American Megatrends Inc.", version: "3.5a", release: "5.14", date: "2021-08-20" },
    memory: { slots: 24, errorCorrection: "single-bit ECC", modules: modulesAt(slots, module) },
  });
  t.same((await collected(t, "memory", machine)).diagnostics, [
    "8 persistent memory modules do not serve as memory",
  ]);
});

t.test("Supermicro X9DBL of another seller, by its dumped table", { skip: withoutRecords }, async (t) => {
  const small = { size: 4 * GiB, type: "DDR3", speed: 1_333, partNumber: "AL12P72A8BLK0M" };
  const large = {
    size: 16 * GiB,
    type: "DDR3",
    speed: 1_333,
    manufacturer: "Micron",
    partNumber: "36KSF2G72PZ-1G6N1",
  };
  t.same(withoutIds(await inventory(t, dumpedMachine("SuperMicro-X9DBL"), sections)), {
    system: {
      manufacturer: "Thomas-Krenn.AG",
      model: "X9DBL-3F/X9DBL-iF",
      board: { manufacturer: "Supermicro", model: "X9DBL-3F/X9DBL-iF" },
      chassis: { type: "main server chassis" },
    },
    firmware: { vendor: "American Megatrends Inc.", version: "3.00", release: "3.0", date: "2013-12-06" },
    memory: {
      slots: 6,
      errorCorrection: "multi-bit ECC",
      modules: [
        ...modulesAt(["P1-DIMM1A", "P1-DIMM1B"], small),
        ...modulesAt(["P1-DIMM1C"], large),
        ...modulesAt(["P2-DIMM1D", "P2-DIMM1E"], small),
        ...modulesAt(["P2-DIMM1F"], large),
      ],
    },
  });
});

t.test("firmware dates and texts that makers write in their own way", { skip: withoutRecords }, async (t) => {
  const firmware = async (name: string) => (await inventory(t, printedMachine(name), ["firmware"])).firmware;
  t.match(await firmware("server-dell-r740-oddate"), { version: "2.11.2", date: "2021-04-21" });
  t.match(await firmware("server-supermicro-x8dtl"), { version: "2.0c", date: "2011-01-05" });
  t.match(await firmware("server-phytium-ft2000"), {
    vendor: "Phytium",
    version: "V2.0",
    date: "2020-12-04",
  });
  t.match(await firmware("aio-apple-imac8-date2"), { date: "2008-02-09" });
  t.equal(await firmware("server-others-badindex"), undefined);
  t.match(await firmware("server-fujitsu-rx300s8"), {
    vendor: "FUJITSU // American Megatrends Inc.",
    release: "1.22",
  });
});
