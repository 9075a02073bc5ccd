// A server with RAID of both kinds: a controller's volume for data, and two NVMe disks that carry the system.
import t from "tap";
import type { Tree } from "../testing/collected.ts";
import { GiB, inventory } from "../testing/machines.ts";

/** Sectors of 512 bytes. */
const sectors = (bytes: number) => `${bytes / 512}\n`;

function nvme(number: number, slot: string, serial: string): Tree {
  const controller = `/sys/devices/pci0000:80/0000:${slot}/nvme/nvme${number}`;
  const disk = `${controller}/nvme${number}n1`;
  return {
    [`/sys/block/nvme${number}n1`]: {
      link: `../devices/pci0000:80/0000:${slot}/nvme/nvme${number}/nvme${number}n1`,
    },
    [`${controller}/model`]: "INTEL SSDPE2KX080T8                     \n",
    [`${controller}/serial`]: `${serial}  \n`,
    [`${controller}/firmware_rev`]: "VDV10170\n",
    [`${controller}/hwmon${number}/temp1_input`]: "29850\n",
    [`${disk}/device`]: { link: ".." },
    [`${disk}/dev`]: `259:${number * 10}\n`,
    [`${disk}/size`]: sectors(960 * GiB),
    [`${disk}/queue/rotational`]: "0\n",
    [`${disk}/nvme${number}n1p1/partition`]: "1\n",
    [`${disk}/nvme${number}n1p1/dev`]: `259:${number * 10 + 1}\n`,
    [`${disk}/nvme${number}n1p1/size`]: sectors(GiB),
    [`${disk}/nvme${number}n1p1/uevent`]: "PARTNAME=EFI System Partition\n",
    [`${disk}/nvme${number}n1p2/partition`]: "2\n",
    [`${disk}/nvme${number}n1p2/dev`]: `259:${number * 10 + 2}\n`,
    [`${disk}/nvme${number}n1p2/size`]: sectors(958 * GiB),
  };
}

function layer(
  entry: string,
  dev: string,
  size: number,
  slaves: readonly string[],
  mapper?: [string, string],
): Tree {
  const folder = `/sys/devices/virtual/block/${entry}`;
  return {
    [`/sys/block/${entry}`]: { link: `../devices/virtual/block/${entry}` },
    [`${folder}/dev`]: `${dev}\n`,
    [`${folder}/size`]: sectors(size),
    ...Object.fromEntries(slaves.map((slave) => [`${folder}/slaves/${slave}`, "folder" as const])),
    ...(mapper === undefined
      ? {}
      : { [`${folder}/dm/name`]: `${mapper[0]}\n`, [`${folder}/dm/uuid`]: `${mapper[1]}\n` }),
  };
}

const group = "LVM-tMZr6SBxayjmt6UeAQnoqw0Gv3W0cVGb";
const scsi = "pci0000:00/0000:00:03.0/0000:03:00.0/host0/target0:2:0/0:2:0:0";
const server: Tree = {
  ...nvme(0, "80:01.0", "PHLJ8411001A8P0"),
  ...nvme(1, "80:02.0", "PHLJ8411002B8P0"),
  ...layer("md0", "9:0", 957 * GiB, ["nvme0n1p2", "nvme1n1p2"]),
  ...layer("dm-0", "253:0", 956 * GiB, ["md0"], ["md0_crypt", "CRYPT-LUKS2-0a1b2c3d-md0_crypt"]),
  ...layer("dm-1", "253:1", 100 * GiB, ["dm-0"], ["vg-root", `${group}${"a".repeat(32)}`]),
  ...layer("dm-2", "253:2", 16 * GiB, ["dm-0"], ["vg-swap", `${group}${"b".repeat(32)}`]),
  "/sys/block/sda": { link: `../devices/${scsi}/block/sda` },
  [`/sys/devices/${scsi}/block/sda/device`]: { link: "../.." },
  [`/sys/devices/${scsi}/block/sda/dev`]: "8:0\n",
  [`/sys/devices/${scsi}/block/sda/size`]: sectors(8_000 * GiB),
  [`/sys/devices/${scsi}/block/sda/queue/rotational`]: "1\n",
  [`/sys/devices/${scsi}/vendor`]: "DELL    \n",
  [`/sys/devices/${scsi}/model`]: "PERC H730P Mini \n",
  [`/sys/devices/${scsi}/rev`]: "4.30\n",
  "/sys/bus/pci/devices/0000:03:00.0/uevent":
    "DRIVER=megaraid_sas\nMODALIAS=pci:v00001000d0000005Dsv00001028sd00001F47bc01sc04i00\n",
  "/usr/share/misc/pci.ids":
    "# ids\n1000  Broadcom / LSI\n\t005d  MegaRAID SAS-3 3108 [Invader]\n\t\t1028 1f47  PERC H730P Mini\n1028  Dell\n",
  "/proc/mdstat":
    "Personalities : [raid1]\nmd0 : active raid1 nvme1n1p2[1] nvme0n1p2[0]\n      1003487232 blocks super 1.2 [2/2] [UU]\n\nunused devices: <none>\n",
  "/proc/swaps": "Filename Type Size Used Priority\n/dev/dm-2 partition 16777212 0 -2\n",
  "/proc/self/mountinfo": [
    "1 0 253:1 / / rw - ext4 /dev/mapper/vg-root rw",
    "2 1 259:1 / /boot/efi rw - vfat /dev/nvme0n1p1 rw",
    "3 1 8:0 / /srv rw - xfs /dev/sda rw",
  ].join("\n"),
};

const disk = (number: number, serial: string) => ({
  name: `nvme${number}n1`,
  model: "INTEL SSDPE2KX080T8",
  serial,
  size: 960 * GiB,
  bus: "nvme",
  rotational: false,
  firmware: "VDV10170",
});

const partitions = (number: number, first: object) => [
  {
    name: `nvme${number}n1p1`,
    disk: `nvme${number}n1`,
    size: GiB,
    ...first,
    label: "EFI System Partition",
  },
  { name: `nvme${number}n1p2`, disk: `nvme${number}n1`, size: 958 * GiB, type: "linux_raid_member" },
];

t.test("a server tells what lies on what, and what of it is encrypted", async (t) => {
  t.same(await inventory(t, server, ["storage", "volumes", "disk-health"]), {
    storage: {
      disks: [
        disk(0, "PHLJ8411001A8P0"),
        disk(1, "PHLJ8411002B8P0"),
        {
          name: "sda",
          manufacturer: "DELL",
          model: "PERC H730P Mini",
          size: 8_000 * GiB,
          bus: "scsi",
          rotational: true,
          firmware: "4.30",
        },
      ],
      partitions: [...partitions(0, { type: "vfat" }), ...partitions(1, {})],
      filesystems: [
        { mount: "/", type: "ext4", device: "vg-root", encrypted: true, encryption: "luks2" },
        { mount: "/boot/efi", type: "vfat", device: "nvme0n1p1", encrypted: false },
        { mount: "/srv", type: "xfs", device: "sda", encrypted: false },
      ],
      swaps: [{ name: "vg-swap", type: "partition", size: 16 * GiB - 4_096, encrypted: true }],
    },
    volumes: {
      arrays: [
        {
          name: "md0",
          level: "raid1",
          state: "active",
          size: 957 * GiB,
          degraded: 0,
          members: ["nvme0n1p2", "nvme1n1p2"],
        },
      ],
      controllers: [
        { slot: "0000:03:00.0", manufacturer: "Dell", model: "PERC H730P Mini", driver: "megaraid_sas" },
      ],
      volumeGroups: [{ name: "vg" }],
      physicalVolumes: [{ device: "md0_crypt", group: "vg" }],
      logicalVolumes: [
        { group: "vg", name: "root", size: 100 * GiB },
        { group: "vg", name: "swap", size: 16 * GiB },
      ],
    },
    "disk-health": { disks: [{ name: "nvme0n1" }, { name: "nvme1n1" }] },
  });
});
