// Macs as system_profiler prints them: outputs of real ones where those are at hand, else made up after them.
import t, { type Test } from "tap";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { systemProfiler } from "./system-profiler.ts";

const facts = { platform: "darwin" } as const;

/** What the program prints of these items by data type. */
const printed = (types: Readonly<Record<string, string>>) => ({
  facts,
  recorded: (program: string) => (program === systemProfiler ? plistOf(types) : undefined),
});

const plistOf = (types: Readonly<Record<string, string>>): string =>
  `<plist version="1.0"><array>${Object.entries(types)
    .map(
      ([type, items]) =>
        `<dict><key>_dataType</key><string>${type}</string><key>_items</key><array>${items}</array></dict>`,
    )
    .join("")}</array></plist>`;

const dict = (members: Readonly<Record<string, string | number>>, inside = ""): string =>
  `<dict>${Object.entries(members)
    .map(([key, value]) =>
      typeof value === "number"
        ? `<key>${key}</key><integer>${value}</integer>`
        : `<key>${key}</key><string>${value}</string>`,
    )
    .join("")}${inside}</dict>`;

const documents = async (t: Test, options: ReturnType<typeof printed>) =>
  Promise.all(
    ["system", "firmware", "processor", "memory"].map(
      async (section) => (await collected(t, section, {}, options)).document,
    ),
  );

t.test("tells a Mac with Apple's chip", async (t) => {
  const options = printed({
    SPHardwareDataType: dict({
      _name: "hardware_overview",
      boot_rom_version: "10151.101.3",
      chip_type: "Apple M2 Pro",
      machine_model: "Mac14,9",
      machine_name: "MacBook Pro",
      model_number: "MPHE3D/A",
      number_processors: "proc 10:6:4",
      physical_memory: "16 GB",
      platform_UUID: "11111111-2222-3333-4444-555555555555",
      serial_number: "XYZ123ABC0",
    }),
    SPMemoryDataType: dict({ SPMemoryDataType: "16 GB", dimm_manufacturer: "Hynix", dimm_type: "LPDDR5" }),
  });
  t.same(await documents(t, options), [
    {
      manufacturer: "Apple Inc.",
      model: "Mac14,9",
      sku: "MPHE3D/A",
      family: "MacBook Pro",
      serial: "XYZ123ABC0",
      uuid: "11111111-2222-3333-4444-555555555555",
      chassis: { type: "notebook" },
    },
    { vendor: "Apple Inc.", version: "10151.101.3" },
    {
      processors: [{ socket: "0", manufacturer: "Apple", model: "Apple M2 Pro", cores: 10 }],
      cores: 10,
    },
    {
      total: 16 * 2 ** 30,
      modules: [{ slot: "on the chip", size: 16 * 2 ** 30, type: "LPDDR5", manufacturer: "Hynix" }],
    },
  ]);
});

t.test("tells memory modules slot by slot, empty ones left out", async (t) => {
  const slot = (name: string, size: string) =>
    dict({
      _name: name,
      dimm_size: size,
      dimm_speed: size === "empty" ? "empty" : "2400 MHz",
      dimm_type: size === "empty" ? "empty" : "DDR4",
      dimm_manufacturer: size === "empty" ? "empty" : "0x80AD",
    });
  const slots = `<key>_items</key><array>${slot("BANK 0/DIMM0", "8 GB")}${slot("BANK 1/DIMM0", "empty")}</array>`;
  const { document } = await collected(
    t,
    "memory",
    {},
    printed({ SPMemoryDataType: dict({ _name: "global_name", is_memory_upgradeable: "Yes" }, slots) }),
  );
  t.same(document, {
    modules: [{ slot: "BANK 0/DIMM0", size: 8 * 2 ** 30, type: "DDR4", speed: 2400, manufacturer: "0x80AD" }],
  });
});

t.test("tells the Mac of the record", { skip: withoutRecords }, async (t) => {
  const printed = record("macos/ohai-system_profiler-hardware.plist").toString();
  const options = { facts, recorded: () => printed };
  t.same(await documents(t, options), [
    {
      manufacturer: "Apple Inc.",
      model: "MacBookPro11,1",
      family: "MacBook Pro",
      serial: "ABCDEFG12345",
      uuid: "F1A4AE0F-84A8-45D8-83C7-F3F904464FC5",
      chassis: { type: "notebook" },
    },
    { vendor: "Apple Inc.", version: "MBP111.0138.B17" },
    {
      processors: [{ socket: "0", manufacturer: "Intel", model: "Intel Core i7", cores: 2 }],
      cores: 2,
    },
    { total: 16 * 2 ** 30 },
  ]);
});

t.test("says nothing where the program says nothing", async (t) => {
  for (const section of ["system", "firmware", "processor", "memory"]) {
    for (const recorded of [() => undefined, () => "", () => "<plist><array><dict>"])
      t.equal((await collected(t, section, {}, { facts, recorded })).status, "none");
  }
});
