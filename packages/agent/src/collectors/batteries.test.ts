// Section `batteries`: how much they hold, in one unit, and how worn they are.
import fc from "fast-check";
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";

const supplies = "/sys/class/power_supply";

/** A supply with its properties in single files, or in `uevent`. */
const files = (name: string, properties: Readonly<Record<string, string>>): Tree =>
  Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [`${supplies}/${name}/${key}`, `${value}\n`]),
  );
const uevent = (name: string, properties: Readonly<Record<string, string>>): Tree => ({
  [`${supplies}/${name}/uevent`]: Object.entries({ name, ...properties })
    .map(([key, value]) => `POWER_SUPPLY_${key.toUpperCase()}=${value}\n`)
    .join(""),
});

const charged = {
  type: "Battery",
  status: "Full",
  present: "1",
  technology: "Li-ion",
  cycle_count: "421",
  voltage_min_design: "11100000",
  voltage_now: "12446000",
  charge_full_design: "4400000",
  charge_full: "3013000",
  charge_now: "3013000",
  capacity: "100",
  model_name: "DELL 7XFJJA2",
  manufacturer: "Samsung SDI",
  serial_number: "7021",
};
const told = {
  name: "BAT0",
  manufacturer: "Samsung SDI",
  model: "DELL 7XFJJA2",
  serial: "7021",
  technology: "Li-ion",
  designMilliwattHours: 48_840,
  fullMilliwattHours: 33_444,
  cycles: 421,
  wearPercent: 32,
};
const first = async (tree: Tree) => {
  const { document } = await collected(t, "batteries", tree);
  const [battery] = Object(document).batteries;
  return battery;
};

t.test("tells a battery in milliwatt-hours, its charge as a reading", async (t) => {
  for (const shape of [files, uevent]) {
    const found = await collected(t, "batteries", shape("BAT0", charged));
    t.same(found, {
      status: "ok",
      document: { batteries: [told] },
      readings: { BAT0: { chargePercent: 100 } },
      diagnostics: [],
    });
  }
});

t.test("gives the same document while it is used", async (t) => {
  const used = {
    ...charged,
    status: "Discharging",
    charge_now: "1000000",
    voltage_now: "11000000",
    capacity: "33",
  };
  const found = await collected(t, "batteries", uevent("BAT0", used));
  t.same(found.document, { batteries: [told] });
  t.same(found.readings, { BAT0: { chargePercent: 33 } });
});

t.test("tells charge where no design voltage makes energy of it", async (t) => {
  const { voltage_min_design: _, ...without } = charged;
  t.match(await first(uevent("BAT0", without)), {
    designMilliampereHours: 4_400,
    fullMilliampereHours: 3_013,
    designMilliwattHours: undefined,
    wearPercent: 32,
  });
});

t.test("takes energy as it is told", async (t) => {
  const energy = {
    type: "Battery",
    energy_full_design: "57020000",
    energy_full: "58100000",
    energy_now: "29050000",
  };
  const found = await collected(t, "batteries", uevent("BAT1", energy));
  t.same(found.document, {
    batteries: [{ name: "BAT1", designMilliwattHours: 57_020, fullMilliwattHours: 58_100, wearPercent: 0 }],
  });
  t.same(found.readings, { BAT1: { chargePercent: 50 } });
});

t.test("leaves out what drivers say that do not know", async (t) => {
  const ignorant = {
    type: "Battery",
    technology: "Unknown",
    cycle_count: "0",
    manufacturer: "OEM",
    serial_number: "0000",
    model_name: " ",
    energy_full_design: "0",
    energy_full: "-1",
    capacity: "n/a",
  };
  t.same(await first(files("BAT0", ignorant)), { name: "BAT0" });
  const mixed = { type: "Battery", energy_full_design: "4400000", energy_full: "48840000" };
  t.equal((await first(files("BAT0", mixed))).wearPercent, undefined);
});

t.test("leaves out chargers, empty bays and what mice and headsets run on", async (t) => {
  const found = await collected(t, "batteries", {
    ...uevent("AC", { type: "Mains", online: "1" }),
    ...uevent("BAT1", { type: "Battery", present: "0" }),
    ...uevent("hidpp_battery_0", { type: "Battery", scope: "Device", present: "1", capacity: "55" }),
    ...uevent("ucsi-source-psy-1", { type: "USB", scope: "System" }),
  });
  t.match(found, { status: "none", diagnostics: [] });
  t.match(await collected(t, "batteries", {}), { status: "none", diagnostics: [] });
  const system = { ...charged, scope: "System" };
  t.match(await first(files("BAT0", system)), told);
});

t.test("reads makers' names in other encodings", async (t) => {
  const bytes = Buffer.from("POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_MANUFACTURER=M\xfcller\x01\n", "latin1");
  t.same(await first({ [`${supplies}/BAT0/uevent`]: bytes }), { name: "BAT0", manufacturer: "Müller" });
});

t.test("passes its definition whatever the files hold", async () => {
  const key = fc.constantFrom(...Object.keys(charged), "scope", "energy_full", "energy_full_design");
  const value = fc.oneof(fc.string({ maxLength: 20 }), fc.integer().map(String), fc.constantFrom("Battery"));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, value), async (properties) => {
      const { status } = await collected(t, "batteries", uevent("BAT0", { type: "Battery", ...properties }));
      return status === "ok" || status === "none";
    }),
    { numRuns: 60 },
  );
});
