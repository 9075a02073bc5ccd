// The condition of disks, whatever they speak.
import { readdirSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { record, recordAt, withoutRecords } from "../testing/records.ts";
import { parseSmartctl, parseSmartdState } from "./smart.ts";

/** Checked by hand against the records. */
const expected = {
  "HITACHI_H109060SESUN600G_10.json": {
    health: "passed",
    reallocatedSectors: 0,
    mediaErrors: 0,
    powerOnHours: 22_364,
    temperature: 26,
  },
  "INTEL_SSDPE2KX080T8_1.json": {
    health: "passed",
    wear: 0,
    mediaErrors: 0,
    powerOnHours: 12_164,
    temperature: 29,
  },
  "ST3200820AS_15.json": {
    health: "passed",
    reallocatedSectors: 0,
    pendingSectors: 0,
    mediaErrors: 0,
    powerOnHours: 100_216,
    temperature: 35,
  },
  "sat-Phison_Driven_SSDs-KINGSTON_SA400M8120G-sda.json": {
    health: "passed",
    wear: 2,
    mediaErrors: 0,
    powerOnHours: 4_994,
    temperature: 38,
  },
  "sat-Toshiba_MG09ACA_Enterprise_Capacity_HDD-TOSHIBA_MG09ACA18TE-sdd.json": {
    health: "passed",
    reallocatedSectors: 0,
    pendingSectors: 0,
    mediaErrors: 0,
    powerOnHours: 4_772,
    temperature: 30,
  },
  "smart-ata-full.json": {
    health: "passed",
    wear: 19,
    reallocatedSectors: 0,
    mediaErrors: 0,
    powerOnHours: 14_551,
    temperature: 36,
  },
  "smart-fail.json": {},
  "smart-raid.json": {},
  "smart-scsi.json": {
    health: "passed",
    reallocatedSectors: 56,
    mediaErrors: 0,
    powerOnHours: 43_549,
    temperature: 34,
  },
};

t.test("reads every recorded answer", { skip: withoutRecords }, async (t) => {
  const files = readdirSync(recordAt("smart")).filter((name) => name.endsWith(".json"));
  const read = (name: string) => parseSmartctl(record(`smart/${name}`).toString());
  t.same(Object.fromEntries(files.map((name) => [name, read(name)])), expected);
});

const printed = (answer: object) =>
  parseSmartctl(JSON.stringify({ smartctl: { exit_status: 0 }, ...answer }));

t.test("tells a failing disk, by its verdict or by what smartctl ends with", async (t) => {
  t.equal(printed({ smart_status: { passed: false } })?.health, "failing");
  t.equal(printed({ smartctl: { exit_status: 8 + 64 } })?.health, "failing");
  t.equal(
    printed({ smart_status: { passed: true }, smartctl: { exit_status: 4 + 64 + 128 } })?.health,
    "passed",
  );
  t.equal(printed({})?.health, undefined, "who does not say is not well");
});

t.test("tells wear beyond the expected life, and what newer versions print", async (t) => {
  t.same(printed({ nvme_smart_health_information_log: { percentage_used: 104, media_errors: 7 } }), {
    wear: 104,
    mediaErrors: 7,
  });
  t.same(printed({ endurance_used: { current_percent: 3 }, scsi_pending_defects: { count: 2 } }), {
    wear: 3,
    pendingSectors: 2,
  });
  t.same(
    printed({
      ata_smart_attributes: {
        table: [
          { id: 5, name: "Reallocated_Sector_Ct", value: 90, raw: { value: 65_546, string: "10 (1)" } },
        ],
      },
    }),
    { reallocatedSectors: 10 },
  );
});

t.test("takes no value for wear that is none", async (t) => {
  const wear = (id: number, name: string, value: number) =>
    printed({ ata_smart_attributes: { table: [{ id, name, value, raw: { string: "0" } }] } })?.wear;
  t.equal(wear(233, "Media_Wearout_Indicator", 93), 7);
  t.equal(wear(230, "Media_Wearout_Indicator", 1), undefined);
  t.equal(wear(231, "Temperature_Celsius", 40), undefined);
  t.equal(wear(177, "Wear_Leveling_Count", 200), undefined);
});

t.test("adds up what a SAS disk could not correct", async (t) => {
  const log = { read: { total_uncorrected_errors: 2 }, verify: { total_uncorrected_errors: 3 } };
  t.same(printed({ scsi_error_counter_log: log }), { mediaErrors: 5 });
});

t.test("makes of any answer figures or nothing", async () => {
  const name = fc.constantFrom(
    "smartctl",
    "smart_status",
    "temperature",
    "ata_smart_attributes",
    "table",
    "id",
    "raw",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.dictionary(name, tie("tree"), { maxKeys: 4 })),
  }));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        tree.map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const { health: _, ...figures } = parseSmartctl(text) ?? {};
        return Object.values(figures).every((figure) => Number.isSafeInteger(figure) && figure >= 0);
      },
    ),
    { numRuns: 200 },
  );
});

t.test("reads the state that smartd keeps", async (t) => {
  const state = `# smartd state file
temperature-min = 21
ata-error-count = 0
ata-smart-attribute.0.id = 5
ata-smart-attribute.0.val = 98
ata-smart-attribute.0.worst = 98
ata-smart-attribute.0.raw = 281474976710660
ata-smart-attribute.1.id = 197
ata-smart-attribute.1.val = 100
ata-smart-attribute.1.raw = 8
ata-smart-attribute.2.id = 198
nonsense
`;
  t.same(parseSmartdState(state), [
    { id: 5, value: 98, raw: 4 },
    { id: 197, value: 100, raw: 8 },
  ]);
});
