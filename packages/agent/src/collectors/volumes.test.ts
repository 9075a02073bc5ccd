// Section `volumes`: RAID, LVM and pools.
import t from "tap";
import { collected, type Tree } from "../testing/collected.ts";

const vgId = "tMZr6SBxayjmt6UeAQnoqw0Gv3W0cVGb";

function mapped(entry: string, name: string, size: number, slaves: readonly string[], suffix = ""): Tree {
  const folder = `/sys/block/${entry}`;
  return {
    [`${folder}/dev`]: `253:${entry.slice(3)}\n`,
    [`${folder}/size`]: `${size}\n`,
    [`${folder}/dm/name`]: `${name}\n`,
    [`${folder}/dm/uuid`]: `LVM-${vgId}${entry.padEnd(32, "x").replaceAll("-", "y")}${suffix}\n`,
    ...Object.fromEntries(slaves.map((slave) => [`${folder}/slaves/${slave}`, "folder" as const])),
  };
}

const sda: Tree = {
  "/sys/block/sda/dev": "8:0\n",
  "/sys/block/sda/sda2/partition": "2\n",
  "/sys/block/sda/sda2/dev": "8:2\n",
};

const lvmCopy = `contents = "Text Format Volume Group"
vg-0 {
	id = "tMZr6S-Bxay-jmt6-UeAQ-noqw-0Gv3-W0cVGb"
	extent_size = 8192
	physical_volumes {
		pv0 {
			id = "srswS5-Tzb0-0UfO-6z4n-4hXc-eUAr-QUzf1O"
			device = "/dev/sdz9"
			pe_count = 256
		}
	}
	logical_volumes {
		root {
			status = ["READ", "WRITE", "VISIBLE"]
			segment1 {
				extent_count = 128
				type = "striped"
				stripe_count = 1
			}
		}
	}
}
`;

const fromCopy = {
  volumeGroups: [{ name: "vg-0", size: 2 ** 30, free: 2 ** 29 }],
  physicalVolumes: [{ device: "sda2", group: "vg-0", size: 2 ** 30 }],
  logicalVolumes: [{ group: "vg-0", name: "root", type: "linear", size: 2 ** 29 }],
};

t.test("tells LVM from its copy, the devices as they are called now", async (t) => {
  const { document } = await collected(t, "volumes", {
    ...sda,
    ...mapped("dm-0", "vg--0-root", 1_048_576, ["sda2"]),
    "/etc/lvm/backup/vg-0": lvmCopy,
    "/run/udev/data/b8:2": "E:ID_FS_TYPE=LVM2_member\nE:ID_FS_UUID=srswS5-Tzb0-0UfO-6z4n-4hXc-eUAr-QUzf1O\n",
  });
  t.same(document, fromCopy);
});

t.test("tells LVM from the device mapper where the copy may not be read", async (t) => {
  const { document } = await collected(t, "volumes", {
    ...sda,
    ...mapped("dm-0", "vg--0-root", 1_048_576, ["dm-1", "dm-2"]),
    ...mapped("dm-1", "vg--0-root_rimage_0", 1_048_576, ["sda2"]),
    ...mapped("dm-2", "vg--0-root_rmeta_0", 8_192, ["sda2"]),
    ...mapped("dm-3", "vg--0-pool-tpool", 8_192, ["sda2"], "-tpool"),
  });
  t.same(document, {
    volumeGroups: [{ name: "vg-0" }],
    physicalVolumes: [{ device: "sda2", group: "vg-0" }],
    logicalVolumes: [{ group: "vg-0", name: "root", size: 536_870_912 }],
  });
});

t.test("believes no copy of a group that is gone", async (t) => {
  const found = await collected(t, "volumes", { ...sda, "/etc/lvm/backup/vg-0": lvmCopy });
  t.match(found, { status: "none", diagnostics: [/vg-0/] });
  const mounted = await collected(t, "volumes", { "/etc/lvm/backup/vg-0": lvmCopy });
  t.match(
    mounted.document,
    { volumeGroups: [{ name: "vg-0" }] },
    "of a tree without devices there is no more",
  );
});

t.test("tells arrays and the controllers that make RAID themselves", async (t) => {
  const bus = "/sys/bus/pci/devices";
  const { document } = await collected(t, "volumes", {
    "/proc/mdstat": "md0 : active raid1 sdb1[1](F) sda1[0]\n      1024 blocks super 1.2 [2/1] [U_]\n",
    [`${bus}/0000:03:00.0/uevent`]:
      "DRIVER=smartpqi\nMODALIAS=pci:v00009005d0000028Fsv0000103Csd00000600bc01sc07i00\n",
    [`${bus}/0000:04:00.0/uevent`]:
      "DRIVER=megaraid_sas\nMODALIAS=pci:v00001000d0000005Dsv00001028sd00001F49bc01sc04i00\n",
    [`${bus}/0000:00:1f.2/uevent`]:
      "DRIVER=ahci\nMODALIAS=pci:v00008086d00002822sv00001028sd00000001bc01sc04i00\n",
    "/sys/class/scsi_host/host0": { link: "../../devices/pci0000:00/0000:03:00.0/host0/scsi_host/host0" },
    "/sys/devices/pci0000:00/0000:03:00.0/host0/scsi_host/host0/firmware_version": "4.11\n",
    "/sys/devices/pci0000:00/0000:03:00.0/host0/scsi_host/host0/model": "HPE Smart Array P408i-a\n",
    "/usr/share/misc/pci.ids":
      "1000  Broadcom / LSI\n\t005d  MegaRAID SAS-3 3108\n\t\t1028 1f49  PERC H730 Mini\n1028  Dell\n",
  });
  t.same(document, {
    arrays: [
      {
        name: "md0",
        level: "raid1",
        state: "active",
        size: 1_048_576,
        degraded: 1,
        members: ["sda1", "sdb1"],
        failed: ["sdb1"],
      },
    ],
    controllers: [
      { slot: "0000:03:00.0", model: "HPE Smart Array P408i-a", firmware: "4.11", driver: "smartpqi" },
      { slot: "0000:04:00.0", manufacturer: "Dell", model: "PERC H730 Mini", driver: "megaraid_sas" },
    ],
  });
});

t.test("tells file systems of several devices and pools of ZFS", async (t) => {
  const btrfs = "/sys/fs/btrfs/0a1b";
  const { document } = await collected(t, "volumes", {
    ...sda,
    [`${btrfs}/label`]: "tank\n",
    [`${btrfs}/devices/sda2`]: "folder",
    [`${btrfs}/devices/sdc`]: "folder",
    [`${btrfs}/devinfo/3/missing`]: "1\n",
    [`${btrfs}/devinfo/1/missing`]: "0\n",
    [`${btrfs}/allocation/data/raid1/used_bytes`]: "5\n",
    [`${btrfs}/allocation/data/flags`]: "1\n",
    "/sys/fs/btrfs/single/devices/sdd": "folder",
    "/sys/fs/btrfs/features/raid56": "0\n",
    "/proc/spl/kstat/zfs/data/state": "DEGRADED\n",
    "/proc/spl/kstat/zfs/arcstats": "1\n",
    "/run/udev/data/b8:2": "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=data\n",
  });
  t.same(document, {
    pools: [
      { type: "btrfs", name: "tank", level: "raid1", degraded: 1, members: ["sda2", "sdc"] },
      { type: "zfs", name: "data", state: "degraded", members: ["sda2"] },
    ],
  });
});

t.test("says none where there is none", async (t) => {
  t.match(await collected(t, "volumes", sda), { status: "none", diagnostics: [] });
});
