// Which file systems lie on encrypted volumes alone.
import t, { type Test } from "tap";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { allEncrypted, readBlockDevices } from "./block-devices.ts";

interface Device {
  readonly dev?: string;
  readonly uuid?: string;
  readonly mapped?: string;
  readonly slaves?: readonly string[];
  readonly parts?: Readonly<Record<string, string>>;
}

/** /sys/block with these devices; of a partition its number. */
function sysBlock(devices: Readonly<Record<string, Device>>): Tree {
  const files = Object.entries(devices).flatMap(([name, { dev, uuid, mapped, slaves = [], parts = {} }]) => {
    const folder = `/sys/block/${name}`;
    return [
      [folder, "folder"] as const,
      ...(dev === undefined ? [] : [[`${folder}/dev`, `${dev}\n`] as const]),
      ...(uuid === undefined ? [] : [[`${folder}/dm/uuid`, `${uuid}\n`] as const]),
      ...(mapped === undefined ? [] : [[`${folder}/dm/name`, `${mapped}\n`] as const]),
      ...slaves.map((slave) => [`${folder}/slaves/${slave}`, "folder"] as const),
      ...Object.entries(parts).flatMap(([part, number]) => [
        [`${folder}/${part}/dev`, `${number}\n`] as const,
        [`${folder}/${part}/partition`, "1\n"] as const,
      ]),
    ];
  });
  return Object.fromEntries(files);
}

const devicesIn = (t: Test, devices: Readonly<Record<string, Device>>) =>
  readBlockDevices(openLook({ root: machineTree(t, sysBlock(devices)), reads: ["/sys/block"] }));

const notebook: Record<string, Device> = {
  nvme0n1: { dev: "259:0", parts: { nvme0n1p1: "259:1", nvme0n1p2: "259:2" } },
  "dm-0": { dev: "254:0", mapped: "cryptroot", uuid: "CRYPT-LUKS2-abc-cryptroot", slaves: ["nvme0n1p2"] },
  "dm-1": { dev: "254:1", mapped: "vg-home", uuid: "LVM-abc", slaves: ["dm-0"] },
};

t.test("finds devices by number and by every path", async (t) => {
  const devices = devicesIn(t, {
    ...notebook,
    "cciss!c0d0": { dev: "104:0", parts: { "cciss!c0d0p1": "104:1" } },
  });
  t.equal(devices.byNumber("259:2")?.name, "nvme0n1p2");
  t.equal(devices.byPath("/dev/mapper/vg-home")?.name, "dm-1");
  t.equal(devices.byPath("/dev/dm-1")?.name, "dm-1");
  t.equal(devices.byPath("/dev/cciss/c0d0p1")?.name, "cciss/c0d0p1");
  t.same([devices.byPath("nvme0n1"), devices.byPath("/dev/sdz"), devices.byNumber("1:1")], Array(3));
});

t.test("sees encryption of the volume itself and below LVM, and none on plain partitions", async (t) => {
  const devices = devicesIn(t, notebook);
  t.equal(allEncrypted(["dm-0"], devices), true);
  t.equal(allEncrypted(["dm-1"], devices), true);
  t.equal(allEncrypted(["nvme0n1p1"], devices), false);
  t.equal(allEncrypted(["dm-1", "nvme0n1p1"], devices), false);
});

t.test("calls a volume encrypted only when all that it lies on is", async (t) => {
  const devices = devicesIn(t, {
    sda: { dev: "8:0" },
    sdb: { dev: "8:16" },
    "dm-0": { uuid: "CRYPT-LUKS1-a", slaves: ["sda"] },
    "dm-1": { uuid: "LVM-mixed", slaves: ["dm-0", "sdb"] },
    md0: { slaves: ["dm-0"], parts: { md0p1: "259:9" } },
    md1: { slaves: ["sda", "sdb"] },
  });
  t.equal(allEncrypted(["dm-1"], devices), false);
  t.equal(allEncrypted(["md0p1"], devices), true, "a partition of an array of encrypted disks");
  t.equal(allEncrypted(["md1"], devices), false);
});

t.test("takes verity and integrity, which cryptsetup makes as well, for no encryption", async (t) => {
  const devices = devicesIn(t, {
    sda: { dev: "8:0" },
    "dm-0": { uuid: "CRYPT-VERITY-a-root", slaves: ["sda"] },
    "dm-1": { uuid: "CRYPT-INTEGRITY-b", slaves: ["sda"] },
    "dm-2": { uuid: "CRYPT-LUKS2-c-data", slaves: ["dm-1"] },
  });
  t.same(
    ["dm-0", "dm-1", "dm-2"].map((name) => allEncrypted([name], devices)),
    [false, false, true],
  );
});

t.test("says nothing of what cannot be seen", async (t) => {
  const devices = devicesIn(t, {
    loop0: { dev: "7:0" },
    "dm-0": { uuid: "LVM-a", slaves: ["gone"] },
    "dm-1": { uuid: "LVM-b", slaves: ["dm-2"] },
    "dm-2": { uuid: "LVM-c", slaves: ["dm-1"] },
    "dm-3": { uuid: "CRYPT-PLAIN-d", slaves: ["loop0"] },
  });
  t.same(
    ["loop0", "dm-0", "dm-1", "unheard"].map((name) => allEncrypted([name], devices)),
    Array(4),
  );
  t.equal(allEncrypted(["dm-3"], devices), true);
});
