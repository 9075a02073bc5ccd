// A server with mirrored disks, LVM on them, one of the disks gone: made up after such, every value by hand.
import t from "tap";
import type { Tree } from "../testing/collected.ts";
import { dmiFiles, GiB, inventory, modulesAt } from "../testing/machines.ts";
import { memoryDevice, smbiosTable, word } from "../testing/smbios-table.ts";

/** A SATA disk of 4 TB with a small partition to start from and the rest for the mirror. */
function disk(name: string, major: number, serial: string): Tree {
  const host = `/sys/devices/pci0000:00/0000:00:17.0/ata${major / 16 + 1}/host${major / 16}`;
  const device = `${host}/target${major / 16}:0:0/${major / 16}:0:0:0`;
  const block = `${device}/block/${name}`;
  const partition = (number: number, sectors: number) => ({
    [`${block}/${name}${number}/partition`]: `${number}\n`,
    [`${block}/${name}${number}/dev`]: `8:${major + number}\n`,
    [`${block}/${name}${number}/size`]: `${sectors}\n`,
  });
  return {
    [`/sys/block/${name}`]: { link: block.replace("/sys", "..") },
    [`${block}/dev`]: `8:${major}\n`,
    [`${block}/size`]: "7814037168\n",
    [`${block}/removable`]: "0\n",
    [`${block}/queue/rotational`]: "1\n",
    [`${block}/device`]: { link: `../../../${major / 16}:0:0:0` },
    [`${device}/vendor`]: "ATA     \n",
    [`${device}/model`]: "TOSHIBA MG04ACA4\n",
    [`${device}/vpd_pg80`]: Buffer.concat([Buffer.from([0, 0x80, 0, serial.length]), Buffer.from(serial)]),
    ...partition(1, 1_048_576),
    ...partition(2, 7_812_988_559),
  };
}

const mirror: Tree = {
  "/proc/mdstat": [
    "Personalities : [raid1]",
    "md0 : active raid1 sdb2[1](F) sda2[0]",
    "      3906361344 blocks super 1.2 [2/1] [U_]",
    "      bitmap: 5/30 pages [20KB], 65536KB chunk",
    "",
    "unused devices: <none>",
    "",
  ].join("\n"),
  "/sys/block/md0": { link: "../devices/virtual/block/md0" },
  "/sys/devices/virtual/block/md0/dev": "9:0\n",
  "/sys/devices/virtual/block/md0/size": "7812722688\n",
  "/sys/devices/virtual/block/md0/slaves/sda2": "folder",
  "/sys/devices/virtual/block/md0/slaves/sdb2": "folder",
};

/** 32-letter ids of group and volume, as the device mapper has them behind "LVM-". */
const group = "b1S6Q9dJ0fGhK2mNpR4tUvW8xYz3AcEe";
function volume(number: number, name: string, sectors: number): Tree {
  const block = `/sys/devices/virtual/block/dm-${number}`;
  return {
    [`/sys/block/dm-${number}`]: { link: block.replace("/sys", "..") },
    [`${block}/dev`]: `253:${number}\n`,
    [`${block}/size`]: `${sectors}\n`,
    [`${block}/dm/name`]: `vg0-${name}\n`,
    [`${block}/dm/uuid`]: `LVM-${group}${String(number).repeat(32)}\n`,
    [`${block}/slaves/md0`]: "folder",
  };
}

const host: Tree = {
  ...dmiFiles({
    sys_vendor: "FUJITSU",
    product_name: "PRIMERGY TX1330 M4",
    product_serial: "YMAB001234",
    chassis_type: "17",
    chassis_asset_tag: "RACK-7",
    bios_vendor: "FUJITSU // American Megatrends Inc.",
    bios_version: "V5.0.0.13 R1.30.0 for D3673-A1x",
    bios_date: "10/26/2022",
  }),
  "/sys/firmware/dmi/tables/DMI": smbiosTable(
    ...["DIMM-1A", "DIMM-2A"].map((locator) =>
      memoryDevice({
        size: 16_384,
        locator,
        fields: { 32: word(2_666) },
        texts: ["Micron", "0000", "9ASF2G72AZ-2G6"],
      }),
    ),
    memoryDevice({ size: 0, locator: "DIMM-1B" }),
  ),
  "/sys/firmware/efi/fw_platform_size": "64\n",
  ...disk("sda", 0, "Z1A0K0AAFXXA"),
  ...disk("sdb", 16, "Z1A0K0BBFXXA"),
  ...mirror,
  ...volume(0, "root", 209_715_200),
  ...volume(1, "swap", 16_777_216),
  "/proc/swaps":
    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/dm-1                               partition\t8388604\t\t0\t\t-2\n",
  "/proc/self/mountinfo": [
    "1 0 253:0 / / rw,relatime shared:1 - ext4 /dev/mapper/vg0-root rw",
    "2 1 8:1 / /boot/efi rw,relatime - vfat /dev/sda1 rw",
    "",
  ].join("\n"),
};

t.test("tells the host, its disks, and that its mirror lacks one", async (t) => {
  const found = await inventory(t, host, ["system", "firmware", "memory", "storage", "volumes"]);
  const drive = { model: "TOSHIBA MG04ACA4", size: 7_814_037_168 * 512, bus: "ata", rotational: true };
  const partition = (name: string, sectors: number) => ({
    name,
    disk: name.slice(0, 3),
    size: sectors * 512,
  });
  const [small, large] = [1_048_576, 7_812_988_559];
  t.same(found, {
    system: {
      manufacturer: "FUJITSU",
      model: "PRIMERGY TX1330 M4",
      serial: "YMAB001234",
      chassis: { type: "main server chassis", assetTag: "RACK-7" },
    },
    firmware: {
      vendor: "FUJITSU // American Megatrends Inc.",
      version: "V5.0.0.13 R1.30.0 for D3673-A1x",
      date: "2022-10-26",
      mode: "uefi",
    },
    memory: {
      modules: modulesAt(["DIMM-1A", "DIMM-2A"], {
        size: 16 * GiB,
        type: "DDR4",
        speed: 2_666,
        manufacturer: "Micron",
        partNumber: "9ASF2G72AZ-2G6",
      }),
    },
    storage: {
      disks: [
        { name: "sda", ...drive, serial: "Z1A0K0AAFXXA" },
        { name: "sdb", ...drive, serial: "Z1A0K0BBFXXA" },
      ],
      partitions: [
        { ...partition("sda1", small), type: "vfat" },
        { ...partition("sda2", large), type: "linux_raid_member" },
        partition("sdb1", small),
        { ...partition("sdb2", large), type: "linux_raid_member" },
      ],
      filesystems: [
        { mount: "/", type: "ext4", device: "vg0-root", encrypted: false },
        { mount: "/boot/efi", type: "vfat", device: "sda1", encrypted: false },
      ],
      swaps: [{ name: "vg0-swap", type: "partition", size: 8_388_604 * 1_024, encrypted: false }],
    },
    volumes: {
      arrays: [
        {
          name: "md0",
          level: "raid1",
          state: "active",
          size: 3_906_361_344 * 1_024,
          degraded: 1,
          members: ["sda2", "sdb2"],
          failed: ["sdb2"],
        },
      ],
      volumeGroups: [{ name: "vg0" }],
      physicalVolumes: [{ device: "md0", group: "vg0" }],
      logicalVolumes: [
        { group: "vg0", name: "root", size: 100 * GiB },
        { group: "vg0", name: "swap", size: 8 * GiB },
      ],
    },
  });
});
