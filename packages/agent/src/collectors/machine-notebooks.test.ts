// Notebooks as they were recorded, their documents checked by hand against dmidecode, upower and /proc.
import t from "tap";
import {
  dumpedMachine,
  GiB,
  inventory,
  modulesAt,
  printedMachine,
  snapshot,
  withoutIds,
} from "../testing/machines.ts";
import { record, withoutRecords } from "../testing/records.ts";

const firmwareSections = ["system", "firmware", "memory"] as const;

/** The files behind what upower printed: watt-hours there, microampere-hours at the voltage it was made for here. */
function batteryFiles(upower: string) {
  const said = (name: string) => new RegExp(`^\\s*${name}:\\s+(.*)$`, "m").exec(upower)?.[1] ?? "";
  const volts = 11.1;
  const charge = (name: string) => String(Math.round((Number.parseFloat(said(name)) / volts) * 1_000_000));
  const properties = {
    type: "Battery",
    manufacturer: said("vendor"),
    model_name: said("model"),
    serial_number: said("serial"),
    technology: "Li-ion",
    present: "1",
    voltage_min_design: String(volts * 1_000_000),
    charge_full_design: charge("energy-full-design"),
    charge_full: charge("energy-full"),
    capacity: String(Number.parseInt(said("percentage"), 10)),
  };
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [`/sys/class/power_supply/BAT0/${name}`, `${value}\n`]),
  );
}

t.test("XPS 9315 with its battery and an AU Optronics panel", { skip: withoutRecords }, async (t) => {
  const found = await inventory(
    t,
    {
      ...printedMachine("notebook-dell-xps9315"),
      ...batteryFiles(record("battery/upower-i-utc.txt").toString()),
      "/sys/class/drm/card1-eDP-1/edid": record("edid/auo-panel.bin"),
      "/sys/firmware/efi/fw_platform_size": "64\n",
      "/sys/class/tpm/tpm0/tpm_version_major": "2\n",
      "/proc/meminfo": "MemTotal:       32507160 kB\n",
    },
    [...firmwareSections, "displays", "batteries"],
  );
  const banks = [1, 2].flatMap((number) =>
    [0, 1, 2, 3].map((bank) => `Motherboard (BANK ${bank}) #${number}`),
  );
  const module = { size: 4 * GiB, type: "LPDDR5", speed: 5_200, partNumber: "K3LK6K6@BM-BGCP" };
  t.same(withoutIds(found), {
    system: {
      manufacturer: "Dell Inc.",
      model: "XPS 9315",
      sku: "0B14",
      family: "XPS",
      board: { manufacturer: "Dell Inc.", model: "00KRKP" },
      chassis: { type: "notebook" },
    },
    firmware: {
      vendor: "Dell Inc.",
      version: "1.10.0",
      release: "1.10",
      date: "2023-03-09",
      mode: "uefi",
      tpm: { version: "2.0", manufacturer: "STMicroelectronics", firmware: "1.258" },
    },
    memory: {
      total: 32_507_160 * 1_024,
      slots: 8,
      errorCorrection: "none",
      modules: modulesAt(banks.sort(), module),
    },
    displays: {
      displays: [
        {
          connector: "eDP-1",
          manufacturer: "AU Optronics",
          product: "AUO3191",
          year: 2020,
          widthMillimetres: 344,
          heightMillimetres: 193,
        },
      ],
    },
    batteries: {
      batteries: [
        {
          name: "BAT0",
          manufacturer: "Samsung SDI",
          model: "DELL 7XFJJA2",
          technology: "Li-ion",
          designMilliwattHours: 48_840,
          fullMilliwattHours: 33_444,
          wearPercent: 32,
        },
      ],
    },
  });
});

t.test("ThinkPad T480s by its dumped table", { skip: withoutRecords }, async (t) => {
  const found = await inventory(t, dumpedMachine("Lenovo-ThinkPad-T480"), firmwareSections);
  t.same(withoutIds(found), {
    system: {
      manufacturer: "LENOVO",
      model: "ThinkPad T480s",
      sku: "LENOVO_MT_20L8_BU_Think_FM_ThinkPad T480s",
      family: "ThinkPad T480s",
      board: { manufacturer: "LENOVO", model: "20L8S07A14" },
      chassis: { type: "notebook" },
    },
    firmware: {
      vendor: "LENOVO",
      version: "N22ET52W (1.29 )",
      release: "1.29",
      date: "2019-01-16",
      controllerRelease: "1.11",
    },
    memory: {
      slots: 2,
      errorCorrection: "none",
      modules: [
        {
          slot: "ChannelA-DIMM0",
          size: 8 * GiB,
          type: "DDR4",
          speed: 2_400,
          manufacturer: "SK Hynix",
          partNumber: "HMAA51S6AMR6N-UH",
        },
        {
          slot: "ChannelB-DIMM0",
          size: 16 * GiB,
          type: "DDR4",
          speed: 2_400,
          manufacturer: "Samsung",
          partNumber: "M471A2K43CB1-CRC",
        },
      ],
    },
  });
});

t.test("Surface Laptop, whose maker writes dates in its own way", { skip: withoutRecords }, async (t) => {
  const found = await inventory(t, printedMachine("tablet-surface-laptop"), firmwareSections);
  const module = {
    size: 4 * GiB,
    type: "LPDDR3",
    speed: 1_867,
    manufacturer: "SK Hynix",
    partNumber: "H9CCNNNBLTBLAR-NUD",
  };
  t.same(withoutIds(found), {
    system: {
      manufacturer: "Microsoft Corporation",
      model: "Surface Laptop",
      sku: "Surface_Laptop",
      family: "Surface",
      board: { manufacturer: "Microsoft Corporation", model: "Surface Laptop" },
      chassis: { type: "laptop" },
    },
    firmware: { vendor: "Microsoft Corporation", version: "138.3732.768", date: "2021-04-20" },
    memory: {
      slots: 2,
      errorCorrection: "none",
      modules: modulesAt(["ChannelA-DIMM0", "ChannelB-DIMM0"], module),
    },
  });
});

t.test(
  "a notebook's whole /proc and /sys, of Fedora on an encrypted disk",
  { skip: withoutRecords },
  async (t) => {
    const root = snapshot(t, "linux-amd64-415ee03b8c4d1c4f07ae2e9d8b3d3d6d");
    const found = await inventory(t, root, ["processor", "memory", "storage", "batteries", "displays"]);
    const { processors, flags, ...processor } = Object(found.processor);
    t.same(processors, [
      {
        socket: "0",
        manufacturer: "Intel",
        model: "12th Gen Intel(R) Core(TM) i7-1270P",
        cores: 12,
        threads: 16,
        microcode: "0x437",
      },
    ]);
    t.same(processor, { cores: 12, threads: 16, architecture: "x86_64", level: "x86-64-v3" });
    for (const flag of ["vmx", "aes", "avx2", "sha_ni", "smep", "smap", "nx", "lm"])
      t.ok(flags.includes(flag), flag);
    t.notOk(flags.includes("avx512f"), "Alder Lake has none");
    t.same(found.memory, { total: 32_542_668 * 1_024 });
    t.match(found.storage, {
      disks: [{ name: "nvme0n1", size: 2_000_409_264 * 512, bus: "nvme", rotational: false }],
      filesystems: [
        { mount: "/", type: "btrfs" },
        { mount: "/boot", type: "ext4" },
        { mount: "/boot/efi", type: "vfat" },
        { mount: "/home", type: "btrfs" },
      ],
    });
    t.same([found.batteries, found.displays], [undefined, undefined], "these were not recorded");
  },
);
