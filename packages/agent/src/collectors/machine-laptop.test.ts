// A laptop with all that section by section tells of one: made up after such, every value by hand.
import t from "tap";
import type { Tree } from "../testing/collected.ts";
import { edid } from "../testing/edid.ts";
import { dmiFiles, GiB, inventory, modulesAt } from "../testing/machines.ts";
import { memoryDevice, smbiosTable, structure, word } from "../testing/smbios-table.ts";

const cpu = "/sys/devices/system/cpu";
const thread = (number: number, core: number): Tree => ({
  [`${cpu}/cpu${number}/topology/physical_package_id`]: "0\n",
  [`${cpu}/cpu${number}/topology/core_cpus_list`]: `${2 * core}-${2 * core + 1}\n`,
  [`${cpu}/cpu${number}/cpufreq/cpuinfo_max_freq`]: "4700000\n",
});
const flags =
  "fpu cx8 cmov mmx fxsr sse sse2 ht syscall nx lm pni ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c rdrand lahf_lm abm svm bmi1 avx2 smep bmi2 smap sha_ni sme sev npt";
const cpuinfo = [0, 1, 2, 3]
  .map((number) =>
    [
      `processor\t: ${number}`,
      "vendor_id\t: AuthenticAMD",
      "cpu family\t: 25",
      "model name\t: AMD Ryzen 3 PRO 5475U with Radeon Graphics",
      "microcode\t: 0xa50000f",
      "physical id\t: 0",
      `core id\t\t: ${number >> 1}`,
      "cpu cores\t: 2",
      `flags\t\t: ${flags}`,
      "",
    ].join("\n"),
  )
  .join("\n");

const variable = (name: string) => `/sys/firmware/efi/efivars/${name}-8be4df61-93ca-11d2-aa0d-00e098032b8c`;
const module = structure({
  type: 43,
  length: 0x1f,
  fields: { 4: [...Buffer.from("STM\0")], 8: [2, 0], 10: [2, 1, 1, 0] },
});

const laptop: Tree = {
  ...dmiFiles({
    sys_vendor: "LENOVO",
    product_name: "21CQCTO1WW",
    product_version: "ThinkPad L14 Gen 3",
    product_family: "ThinkPad L14 Gen 3",
    product_sku: "LENOVO_MT_21CQ_BU_Think_FM_ThinkPad L14 Gen 3",
    product_serial: "PF0ABC12",
    product_uuid: "0f1e2d3c-4b5a-11b2-a85c-aabbccddeeff",
    board_vendor: "LENOVO",
    board_name: "21CQCTO1WW",
    board_serial: "L1HF0AB0001",
    chassis_type: "10",
    chassis_serial: "PF0ABC12",
    chassis_asset_tag: "No Asset Information",
    bios_vendor: "LENOVO",
    bios_version: "R1YET60W (1.37 )",
    bios_date: "03/01/2024",
    bios_release: "1.37",
    ec_firmware_release: "1.18",
  }),
  "/sys/firmware/dmi/tables/DMI": smbiosTable(
    module,
    memoryDevice({
      size: 16_384,
      locator: "DIMM 0",
      bank: "P0 CHANNEL A",
      fields: { 32: word(3_200) },
      texts: ["SK Hynix", "2F3A4B5C", "HMAA2GS6CJR8N-XN    "],
    }),
    memoryDevice({ size: 0, locator: "DIMM 0", bank: "P0 CHANNEL B" }),
  ),
  [variable("SecureBoot")]: new Uint8Array([6, 0, 0, 0, 1]),
  [variable("SetupMode")]: new Uint8Array([6, 0, 0, 0, 0]),
  "/sys/class/tpm/tpm0/tpm_version_major": "2\n",
  "/proc/cpuinfo": cpuinfo,
  "/proc/meminfo": "MemTotal:       15123456 kB\n",
  ...thread(0, 0),
  ...thread(1, 0),
  ...thread(2, 1),
  ...thread(3, 1),
  [`${cpu}/vulnerabilities/spec_rstack_overflow`]: "Mitigation: Safe RET\n",
  "/sys/class/drm/card1-eDP-1/edid": edid({
    letters: "BOE",
    product: 0x0a1d,
    year: 31,
    centimetres: [31, 17],
    millimetres: [309, 174],
    texts: [
      [0xfe, "BOE CQ\n"],
      [0xfe, "NV140FHM-N4V\n"],
    ],
  }),
  "/sys/class/drm/card1-HDMI-A-1/edid": "",
  "/sys/class/power_supply/AC/uevent":
    "POWER_SUPPLY_NAME=AC\nPOWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=1\n",
  "/sys/class/power_supply/BAT0/uevent": [
    "POWER_SUPPLY_NAME=BAT0",
    "POWER_SUPPLY_TYPE=Battery",
    "POWER_SUPPLY_STATUS=Discharging",
    "POWER_SUPPLY_PRESENT=1",
    "POWER_SUPPLY_TECHNOLOGY=Li-poly",
    "POWER_SUPPLY_CYCLE_COUNT=87",
    "POWER_SUPPLY_ENERGY_FULL_DESIGN=57000000",
    "POWER_SUPPLY_ENERGY_FULL=54150000",
    "POWER_SUPPLY_ENERGY_NOW=27000000",
    "POWER_SUPPLY_CAPACITY=49",
    "POWER_SUPPLY_MODEL_NAME=5B10W51859",
    "POWER_SUPPLY_MANUFACTURER=SMP",
    "POWER_SUPPLY_SERIAL_NUMBER= 1234",
    "",
  ].join("\n"),
  "/sys/class/power_supply/hidpp_battery_0/uevent":
    "POWER_SUPPLY_NAME=hidpp_battery_0\nPOWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_SCOPE=Device\n",
};

t.test("tells all of a laptop, and only what is its own", async (t) => {
  const found = await inventory(t, laptop, [
    "system",
    "firmware",
    "memory",
    "processor",
    "displays",
    "batteries",
  ]);
  t.same(found, {
    system: {
      manufacturer: "LENOVO",
      model: "ThinkPad L14 Gen 3",
      sku: "LENOVO_MT_21CQ_BU_Think_FM_ThinkPad L14 Gen 3",
      family: "ThinkPad L14 Gen 3",
      serial: "PF0ABC12",
      uuid: "0f1e2d3c-4b5a-11b2-a85c-aabbccddeeff",
      board: { manufacturer: "LENOVO", model: "21CQCTO1WW", serial: "L1HF0AB0001" },
      chassis: { type: "notebook", serial: "PF0ABC12" },
    },
    firmware: {
      vendor: "LENOVO",
      version: "R1YET60W (1.37 )",
      release: "1.37",
      date: "2024-03-01",
      controllerRelease: "1.18",
      mode: "uefi",
      secureBoot: true,
      setupMode: false,
      tpm: { version: "2.0", manufacturer: "STMicroelectronics", firmware: "1.258" },
    },
    memory: {
      total: 15_123_456 * 1_024,
      modules: modulesAt(["DIMM 0 (P0 CHANNEL A)"], {
        size: 16 * GiB,
        type: "DDR4",
        speed: 3_200,
        manufacturer: "SK Hynix",
        partNumber: "HMAA2GS6CJR8N-XN",
        serial: "2F3A4B5C",
      }),
    },
    processor: {
      processors: [
        {
          socket: "0",
          manufacturer: "AMD",
          model: "AMD Ryzen 3 PRO 5475U with Radeon Graphics",
          cores: 2,
          threads: 4,
          microcode: "0xa50000f",
          maximumMegahertz: 4_700,
        },
      ],
      cores: 2,
      threads: 4,
      architecture: "x86_64",
      level: "x86-64-v3",
      flags: [
        ...[
          "aes",
          "avx",
          "avx2",
          "cx16",
          "fma",
          "ht",
          "lm",
          "npt",
          "nx",
          "popcnt",
          "rdrand",
          "sev",
          "sha_ni",
        ],
        ...["smap", "sme", "smep", "sse4_1", "sse4_2", "svm"],
      ],
      vulnerabilities: [{ name: "spec_rstack_overflow", state: "mitigated", text: "Mitigation: Safe RET" }],
    },
    displays: {
      displays: [
        {
          connector: "eDP-1",
          manufacturer: "BOE",
          model: "NV140FHM-N4V",
          product: "BOE0A1D",
          year: 2021,
          widthMillimetres: 309,
          heightMillimetres: 174,
        },
      ],
    },
    batteries: {
      batteries: [
        {
          name: "BAT0",
          manufacturer: "SMP",
          model: "5B10W51859",
          serial: "1234",
          technology: "Li-poly",
          designMilliwattHours: 57_000,
          fullMilliwattHours: 54_150,
          cycles: 87,
          wearPercent: 5,
        },
      ],
    },
  });
});
