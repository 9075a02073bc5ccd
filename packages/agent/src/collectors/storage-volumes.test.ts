// Section `storage` on machines whose file systems lie on volumes, held against lsblk.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { parseSwaps } from "../linux/swaps.ts";
import { collected, type Tree } from "../testing/collected.ts";

const sda = "../devices/pci0000:00/0000:00:10.0/host2/target2:0:0/2:0:0:0/block/sda";

/** The machine of which lsblk tells in the records: a guest of VMware's with LVM. */
const guest: Tree = {
  "/sys/block/sda": { link: sda },
  ...Object.fromEntries(
    Object.entries({
      size: "41943040",
      dev: "8:0",
      "queue/rotational": "1",
      "device/vendor": "VMware, ",
      "device/model": "VMware Virtual S",
      "device/rev": "1.0 ",
      "sda1/size": "2097152",
      "sda1/dev": "8:1",
      "sda1/partition": "1",
      "sda2/size": "39843840",
      "sda2/dev": "8:2",
      "sda2/partition": "2",
    }).map(([file, text]) => [`/sys/devices/${sda.slice("../devices/".length)}/${file}`, `${text}\n`]),
  ),
  ...mapped("dm-0", "253:0", "35643392", "centos-root", "LVM-abc"),
  ...mapped("dm-1", "253:1", "4194304", "centos-swap", "LVM-def"),
  "/run/udev/data/b8:1": "E:ID_FS_TYPE=xfs\nE:ID_FS_LABEL_ENC=boot\\x20one\n",
  "/proc/swaps": "Filename Type Size Used Priority\n/dev/dm-1 partition 2097148 264 -2\n",
  "/proc/self/mountinfo": [
    "1 0 253:0 / / rw - xfs /dev/mapper/centos-root rw",
    "2 1 8:1 / /boot rw - xfs /dev/sda1 rw",
  ].join("\n"),
};

function mapped(entry: string, dev: string, size: string, name: string, uuid: string): Tree {
  const folder = `/sys/devices/virtual/block/${entry}`;
  return {
    [`/sys/block/${entry}`]: { link: `../devices/virtual/block/${entry}` },
    [`${folder}/dev`]: `${dev}\n`,
    [`${folder}/size`]: `${size}\n`,
    [`${folder}/dm/name`]: `${name}\n`,
    [`${folder}/dm/uuid`]: `${uuid}\n`,
    [`${folder}/slaves/sda2`]: "folder",
  };
}

t.test("tells partitions, and which volumes lie on them", async (t) => {
  const found = await collected(t, "storage", guest);
  t.same(found.document, {
    disks: [
      {
        name: "sda",
        manufacturer: "VMware",
        model: "VMware Virtual S",
        size: 21_474_836_480,
        bus: "scsi",
        firmware: "1.0",
      },
    ],
    partitions: [
      { name: "sda1", disk: "sda", size: 1_073_741_824, type: "xfs", label: "boot one" },
      { name: "sda2", disk: "sda", size: 20_400_046_080, type: "LVM2_member" },
    ],
    filesystems: [
      { mount: "/", type: "xfs", device: "centos-root", encrypted: false },
      { mount: "/boot", type: "xfs", device: "sda1", encrypted: false },
    ],
    swaps: [{ name: "centos-swap", type: "partition", size: 2_147_479_552, encrypted: false }],
  });
  t.same(found.readings, { "centos-swap": { used: 270_336 } });
});

t.test("collects no names that people gave to what they plug in, and no ids of volumes", async (t) => {
  const stick = "../devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb";
  const folder = `/sys/devices/${stick.slice("../devices/".length)}`;
  const found = await collected(t, "storage", {
    ...guest,
    ...mapped("dm-0", "253:0", "8", "luks-0a1b2c3d-1111-2222-3333-444455556666", "CRYPT-LUKS1-0a1b-x"),
    "/sys/block/sdb": { link: stick },
    [`${folder}/size`]: "2048\n",
    [`${folder}/sdb1/partition`]: "1\n",
    [`${folder}/sdb1/dev`]: "8:17\n",
    [`${folder}/sdb1/uevent`]: "PARTNAME=Ada's\n",
    "/run/udev/data/b8:17": "E:ID_FS_TYPE=vfat\nE:ID_FS_LABEL_ENC=ADA\n",
  });
  t.match(found.document, {
    partitions: [{ name: "sda1" }, { name: "sda2" }, { name: "sdb1", type: "vfat", label: undefined }],
    filesystems: [{ mount: "/", device: "dm-0", encryption: "luks1" }, { mount: "/boot" }],
  });
  t.notMatch(JSON.stringify(found), /ada|0a1b2c3d/i);
});

t.test("reads any text as swaps or as none", async () => {
  const line = fc.oneof(fc.string(), fc.constant("/dev/dm-1 partition 2097148 264 -2"));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) =>
      parseSwaps(lines.join("\n")).every(
        ({ path, size, used }) => path.startsWith("/") && size >= 0 && used >= 0,
      ),
    ),
  );
});

const lsblk = "/usr/bin/lsblk";
const withoutLsblk = existsSync(lsblk) && existsSync("/sys/block") ? false : "lsblk is not here";

interface Listed {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

t.test(
  "tells of this machine the disks and partitions that lsblk tells",
  { skip: withoutLsblk },
  async (t) => {
    const printed = execFileSync(lsblk, ["--json", "-b", "--list", "-o", "NAME,SIZE,TYPE"], {
      encoding: "utf8",
    });
    const theirs: readonly Listed[] = Reflect.get(JSON.parse(printed), "blockdevices");
    const document = Object((await collected(t, "storage", null)).document);
    const sizes = (list: unknown): [string, number][] =>
      Array.isArray(list) ? list.map(({ name, size }: Listed) => [name, size]) : [];
    const listed = (type: string) =>
      theirs
        .filter(
          (each) =>
            each.type === type && each.size > 0 && !/^(zram|ram|nbd|sr|loop|fd|mtdblock)/.test(each.name),
        )
        .map(({ name, size }): [string, number] => [name, size])
        .sort();
    t.same(sizes(Reflect.get(document, "disks")), listed("disk"));
    t.same(sizes(Reflect.get(document, "partitions")), listed("part"));
  },
);
