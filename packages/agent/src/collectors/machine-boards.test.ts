// Boards and other machines that are no PC, recorded or made up after such.
import t from "tap";
import { GiB, inventory, printedMachine, withoutIds } from "../testing/machines.ts";
import { withoutRecords } from "../testing/records.ts";

const sections = ["system", "firmware", "memory", "processor"] as const;
const tree = "/sys/firmware/devicetree/base";

/** A Raspberry Pi 4 of 8 GB as Raspberry Pi OS shows it. */
const core = (number: number) =>
  [
    `processor\t: ${number}`,
    "BogoMIPS\t: 108.00",
    "Features\t: fp asimd evtstrm crc32 cpuid",
    "CPU implementer\t: 0x41",
    "CPU architecture: 8",
    "CPU variant\t: 0x0",
    "CPU part\t: 0xd08",
    "CPU revision\t: 3",
    "",
  ].join("\n");
const cpu = "/sys/devices/system/cpu";
const raspberry = {
  [`${tree}/model`]: "Raspberry Pi 4 Model B Rev 1.4\0",
  [`${tree}/compatible`]: "raspberrypi,4-model-b\0brcm,bcm2711\0",
  [`${tree}/serial-number`]: "10000000a1b2c3d4\0",
  [`${tree}/chosen/bootloader/version`]: "507b2360fd7ee4f9d3d4c0ab1a0b5c6d7e8f9a0b\0",
  [`${tree}/chosen/bootloader/build-timestamp`]: new Uint8Array([0x63, 0xbf, 0x3c, 0x2e]),
  "/proc/cpuinfo": `${[0, 1, 2, 3].map(core).join("\n")}\nHardware\t: BCM2835\nRevision\t: d03114\nSerial\t\t: 10000000a1b2c3d4\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n`,
  "/proc/meminfo": "MemTotal:        7999276 kB\n",
  ...Object.fromEntries(
    [0, 1, 2, 3].flatMap((number) => [
      [`${cpu}/cpu${number}/topology/physical_package_id`, "0\n"],
      [`${cpu}/cpu${number}/topology/core_cpus_list`, `${number}\n`],
      [`${cpu}/cpu${number}/cpufreq/cpuinfo_max_freq`, "1500000\n"],
    ]),
  ),
  [`${cpu}/vulnerabilities/spectre_v2`]: "Vulnerable\n",
  [`${cpu}/vulnerabilities/meltdown`]: "Not affected\n",
};

t.test("a Raspberry Pi 4 tells all of it without SMBIOS", async (t) => {
  t.same(await inventory(t, raspberry, sections), {
    system: {
      manufacturer: "Raspberry Pi",
      model: "Raspberry Pi 4 Model B Rev 1.4",
      serial: "10000000a1b2c3d4",
    },
    firmware: {
      vendor: "Raspberry Pi",
      version: "507b2360fd7ee4f9d3d4c0ab1a0b5c6d7e8f9a0b",
      date: "2023-01-11",
    },
    memory: { total: 7_999_276 * 1_024 },
    processor: {
      processors: [
        {
          socket: "0",
          manufacturer: "ARM",
          model: "Cortex-A72",
          cores: 4,
          threads: 4,
          maximumMegahertz: 1_500,
        },
      ],
      cores: 4,
      threads: 4,
      architecture: "aarch64",
      flags: ["asimd", "crc32"],
      vulnerableTo: ["spectre_v2"],
      vulnerabilities: [
        { name: "meltdown", state: "not-affected", text: "Not affected" },
        { name: "spectre_v2", state: "vulnerable", text: "Vulnerable" },
      ],
    },
  });
});

t.test("the same board with firmware that makes it a PC", { skip: withoutRecords }, async (t) => {
  const found = await inventory(
    t,
    { ...printedMachine("soc-raspberrypi4-edk2"), "/sys/firmware/efi/fw_platform_size": "64\n" },
    ["system", "firmware", "memory"],
  );
  t.same(withoutIds(found), {
    system: {
      manufacturer: "Raspberry Pi Foundation",
      model: "Raspberry Pi 4 Model B",
      sku: "0000000000D03114",
      family: "Raspberry Pi",
      board: { manufacturer: "Sony UK", model: "Raspberry Pi 4 Model B" },
      chassis: { type: "embedded PC" },
    },
    firmware: {
      vendor: "https://github.com/pftf/RPi4",
      version: "UEFI Firmware v1.26",
      release: "1.26",
      date: "2021-04-16",
      controllerRelease: "21.4",
      mode: "uefi",
    },
    memory: { slots: 1, modules: [{ slot: "SDRAM", size: 8 * GiB, type: "LPDDR4", manufacturer: "Micron" }] },
  });
});

t.test(
  "a board without any table tells nothing rather than something wrong",
  { skip: withoutRecords },
  async (t) => {
    t.same(await inventory(t, printedMachine("soc-raspberrypi-none"), ["system", "firmware", "memory"]), {
      system: undefined,
      firmware: undefined,
      memory: undefined,
    });
  },
);

t.test("machines from China, in their own writing", { skip: withoutRecords }, async (t) => {
  t.same(withoutIds(await inventory(t, printedMachine("soc-greatwall-nonascii"), ["system", "firmware"])), {
    system: {
      manufacturer: "GreatWall",
      model: "世恒TD120A2",
      family: "FT",
      board: { manufacturer: "GreatWall", model: "GW-001M1A-FTF" },
      chassis: { type: "desktop" },
    },
    firmware: { vendor: "ZD Tech.", version: "KunLun BIOS V4.0", release: "4.27", date: "2022-12-02" },
  });
});
