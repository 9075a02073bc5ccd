// Section `storage`: the disks, and what is mounted from them.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { openLook } from "../collecting/look.ts";
import { collected, machineTree, type Tree } from "../testing/collected.ts";
import { recordAt, withoutRecords } from "../testing/records.ts";
import { collector } from "./storage.ts";

const nvme = "/sys/devices/pci0000:00/0000:00:06.0/nvme/nvme0/nvme0n1";
const notebook: Tree = {
  "/sys/block/nvme0n1": { link: "../devices/pci0000:00/0000:00:06.0/nvme/nvme0/nvme0n1" },
  [`${nvme}/size`]: "2000409264\n",
  [`${nvme}/dev`]: "259:0\n",
  [`${nvme}/removable`]: "0\n",
  [`${nvme}/queue/rotational`]: "0\n",
  [`${nvme}/device`]: { link: "../../nvme0" },
  "/sys/devices/pci0000:00/0000:00:06.0/nvme/nvme0/model": "Samsung SSD 980 PRO 1TB               \n",
  "/sys/devices/pci0000:00/0000:00:06.0/nvme/nvme0/serial": "S5GXNX0T123456      \n",
  [`${nvme}/nvme0n1p1/dev`]: "259:1\n",
  [`${nvme}/nvme0n1p1/partition`]: "1\n",
  [`${nvme}/nvme0n1p2/dev`]: "259:2\n",
  [`${nvme}/nvme0n1p2/partition`]: "2\n",
  "/sys/block/dm-0": { link: "../devices/virtual/block/dm-0" },
  "/sys/devices/virtual/block/dm-0/dev": "253:0\n",
  "/sys/devices/virtual/block/dm-0/size": "1000\n",
  "/sys/devices/virtual/block/dm-0/dm/name": "luks-root\n",
  "/sys/devices/virtual/block/dm-0/dm/uuid": "CRYPT-LUKS2-f41579a2-luks-root\n",
  "/sys/devices/virtual/block/dm-0/slaves/nvme0n1p2": { link: "../../../../block/nvme0n1/nvme0n1p2" },
  "/sys/fs/btrfs/0a1b/devices/dm-0": { link: "../../../../devices/virtual/block/dm-0" },
  "/sys/fs/btrfs/features": "folder",
  [`${nvme}/nvme0n1p1/size`]: "1228800\n",
  [`${nvme}/nvme0n1p1/uevent`]: "DEVTYPE=partition\nPARTN=1\nPARTNAME=EFI System Partition\n",
  [`${nvme}/nvme0n1p2/size`]: "1997180928\n",
  "/proc/swaps":
    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/zram0                              partition\t8388604\t\t1024\t\t100\n/swap\\040file                            file\t\t2097148\t\t0\t\t-2\n/home/ada/swap                          file\t\t2097148\t\t0\t\t-3\n",
  "/sys/block/zram0": { link: "../devices/virtual/block/zram0" },
  "/sys/devices/virtual/block/zram0/dev": "253:9\n",
  "/proc/self/mountinfo": [
    "1 0 0:30 /root / rw shared:1 - btrfs /dev/mapper/luks-root rw,subvolid=257,subvol=/root",
    "2 1 0:30 /home /home rw - btrfs /dev/mapper/luks-root rw,subvolid=256,subvol=/home",
    "3 1 259:1 / /boot rw - ext4 /dev/nvme0n1p1 rw",
    "4 1 0:22 / /tmp rw - tmpfs tmpfs rw",
    "5 1 0:50 / /srv rw - nfs4 server:/srv rw",
    "6 1 8:17 / /media/ada/HOLIDAYS rw - vfat /dev/sdb1 rw",
    "7 1 0:51 / /home/ada/Mail rw - nfs4 server:/ada rw",
  ].join("\n"),
};

t.test("tells disks and file systems, and which are encrypted", async (t) => {
  const found = await collected(t, "storage", notebook);
  t.same(found.document, {
    disks: [
      {
        name: "nvme0n1",
        model: "Samsung SSD 980 PRO 1TB",
        serial: "S5GXNX0T123456",
        size: 1_024_209_543_168,
        bus: "nvme",
        rotational: false,
      },
    ],
    partitions: [
      {
        name: "nvme0n1p1",
        disk: "nvme0n1",
        size: 629_145_600,
        type: "ext4",
        label: "EFI System Partition",
      },
      { name: "nvme0n1p2", disk: "nvme0n1", size: 1_022_556_635_136, type: "crypto_LUKS" },
    ],
    filesystems: [
      { mount: "/", type: "btrfs", device: "luks-root", encrypted: true, encryption: "luks2" },
      { mount: "/boot", type: "ext4", device: "nvme0n1p1", encrypted: false },
      { mount: "/home", type: "btrfs", device: "luks-root", encrypted: true, encryption: "luks2" },
      { mount: "/srv", type: "nfs4" },
    ],
    swaps: [
      { name: "/swap file", type: "file", size: 2_147_479_552, encrypted: true },
      { name: "zram0", type: "memory", size: 8_589_930_496 },
    ],
  });
  t.same(
    found.readings,
    { zram0: { used: 1_048_576 }, "/swap file": { used: 0 } },
    "nothing is asked of a tree but what its files say",
  );
});

t.test("names no person, and says that something is left out without doing so", async (t) => {
  const found = await collected(t, "storage", notebook);
  t.match(found.diagnostics, [/^1 files to swap to/, /^2 mounted in homes/]);
  t.notMatch(JSON.stringify(found), /ada|HOLIDAYS/);
});

t.test("calls a btrfs of several devices encrypted only when all are", async (t) => {
  const { document } = await collected(t, "storage", {
    ...notebook,
    "/sys/fs/btrfs/0a1b/devices/nvme0n1p1": { link: "../../../../block/nvme0n1/nvme0n1p1" },
  });
  t.match(document, { filesystems: [{ mount: "/", encrypted: false }] });
});

t.test("says none where there is neither", async (t) => {
  t.match(await collected(t, "storage", {}), { status: "none", diagnostics: [] });
  t.match(await collected(t, "storage", { "/proc/self/mountinfo": "4 1 0:22 / /tmp rw - tmpfs tmpfs rw" }), {
    status: "none",
  });
});

t.test("asks the running system for size and space left, but no other machine's server", async (t) => {
  const mountinfo = [
    "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
    "2 1 0:40 / /tank rw - zfs tank rw",
    "3 1 0:50 / /srv rw - nfs4 server:/srv rw",
  ].join("\n");
  const asked: string[] = [];
  const { linux } = collector.platforms;
  const root = machineTree(t, { "/proc/self/mountinfo": mountinfo });
  const collected = linux?.collect(
    {
      ...openLook({ root, reads: linux.reads }),
      live: true,
      space(mount) {
        asked.push(mount);
        return { size: 1_000, free: 400 };
      },
    },
    { platform: "linux", agentVersion: "0.1.0", applications: [], server: null, location: { level: null } },
  );
  t.same(await collected, {
    document: {
      filesystems: [
        { mount: "/", type: "ext4", size: 1_000 },
        { mount: "/tank", type: "zfs" },
        { mount: "/srv", type: "nfs4" },
      ],
    },
    readings: { "/": { free: 400 }, "/tank": { free: 400 } },
  });
  t.same(asked, ["/", "/tank"]);
});

t.test("looks nowhere that a file's content leads it", async (t) => {
  const disk = { "/sys/block/sda/size": "8\n", "/run/udev/data/b8:0": "E:ID_MODEL_ENC=Found\n" };
  const found = (dev: string) => collected(t, "storage", { ...disk, "/sys/block/sda/dev": dev });
  t.match(await found("8:0\n"), { document: { disks: [{ model: "Found" }] } });
  for (const dev of ["/.", "8:0/../b8:0", "", "8"])
    t.match(
      await found(dev),
      { status: "ok", document: { disks: [{ model: undefined }] }, diagnostics: [] },
      dev,
    );
});

t.test("passes its definition whatever the files hold", async () => {
  const path = fc.constantFrom(
    "/sys/block/sda/size",
    "/sys/block/sda/dev",
    "/sys/block/sda/device/vpd_pg80",
    "/sys/block/sda/device/model",
    "/sys/block/sda/device/wwid",
    "/sys/block/sda/sda1/partition",
    "/sys/block/dm-0/dm/uuid",
    "/sys/block/dm-0/slaves/dm-0",
    "/proc/self/mountinfo",
    "/proc/mounts",
    "/run/udev/data/b8:0",
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(
      "8:0\n",
      "12\n",
      "1 0 8:0 / / rw - ext4 /dev/sda rw",
      "1 0 8:0 / /\\0001 rw - ext4 /dev/dm-0 rw",
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(path, content, { maxKeys: 8 }), async (files) => {
      const { status } = await collected(t, "storage", files);
      return status === "ok" || status === "none";
    }),
    { numRuns: 40 },
  );
});

t.test("reads /sys of real machines", { skip: withoutRecords }, async (t) => {
  const document = async (name: string) => {
    const root = t.testdir();
    execFileSync("tar", ["-xzf", recordAt(`sysfs/${name}.tar.gz`), "-C", root]);
    return (await collected(t, "storage", root)).document;
  };
  t.same(await document("linux-amd64-415ee03b8c4d1c4f07ae2e9d8b3d3d6d"), {
    disks: [{ name: "nvme0n1", size: 1_024_209_543_168, bus: "nvme", rotational: false }],
    partitions: [
      {
        name: "nvme0n1p1",
        disk: "nvme0n1",
        size: 629_145_600,
        type: "vfat",
        label: "EFI System Partition",
      },
      { name: "nvme0n1p2", disk: "nvme0n1", size: 1_073_741_824, type: "ext4" },
      { name: "nvme0n1p3", disk: "nvme0n1", size: 1_022_505_254_912 },
    ],
    filesystems: [
      { mount: "/", type: "btrfs" },
      { mount: "/boot", type: "ext4", device: "nvme0n1p2", encrypted: false },
      { mount: "/boot/efi", type: "vfat", device: "nvme0n1p1", encrypted: false },
      { mount: "/home", type: "btrfs" },
    ],
  });
  t.match(await document("linux-arm64-c288e0776090cd558ef793b2a4e61939"), {
    disks: [{ name: "nvme0n1", model: "Amazon Elastic Block Store", size: 8_589_934_592 }],
    filesystems: [{ mount: "/", type: "xfs", encrypted: false }],
  });
});
