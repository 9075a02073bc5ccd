// Section `disk-health`: from files where they tell it, and few disks asked.
import t, { type Test } from "tap";
import type { Printed } from "../collecting/collector.ts";
import { openLook } from "../collecting/look.ts";
import { collected, machineTree, type Tree } from "../testing/collected.ts";
import { collector, emmcHealth } from "./disk-health.ts";

const sata = (name: string, host: number): Tree => {
  const path = `pci0000:00/0000:00:17.0/ata${host}/host${host}/target${host}:0:0/${host}:0:0:0`;
  return {
    [`/sys/block/${name}`]: { link: `../devices/${path}/block/${name}` },
    [`/sys/devices/${path}/block/${name}/size`]: "1953525168\n",
    [`/sys/devices/${path}/block/${name}/device`]: { link: "../.." },
    [`/sys/devices/${path}/vendor`]: "ATA     \n",
    [`/sys/devices/${path}/serial`]: `SN ${host}\n`,
  };
};

const nvme = "/sys/devices/pci0000:00/0000:04:00.0/nvme/nvme0";
const nvmeDisk: Tree = {
  "/sys/block/nvme0n1": { link: "../devices/pci0000:00/0000:04:00.0/nvme/nvme0/nvme0n1" },
  [`${nvme}/nvme0n1/size`]: "8\n",
  [`${nvme}/nvme0n1/device`]: { link: ".." },
  [`${nvme}/hwmon3/temp1_input`]: "38850\n",
};

/** What is found when the tree is the running system's, and which disks are asked. */
async function live(t: Test, tree: Tree, answer: (disk: string) => Printed | undefined) {
  const asked: string[] = [];
  const { linux } = collector.platforms;
  const root = machineTree(t, { "/usr/sbin/smartctl": "", ...tree });
  const look = openLook({ root, reads: linux?.reads ?? [] });
  const found = await linux?.collect(
    {
      ...look,
      live: true,
      run: async (_, args) => {
        asked.push(args.at(-1) ?? "");
        return answer(args.at(-1) ?? "");
      },
    },
    { platform: "linux", agentVersion: "0.1.0", applications: [], server: null, location: { level: null } },
  );
  return { found, asked, notes: look.notes };
}

const json = (answer: object, code = 0): Printed => ({
  code,
  text: JSON.stringify({ smartctl: { exit_status: code }, ...answer }),
});

t.test("asks two disks at most, fast ones first, and says which it did not ask", async (t) => {
  const tree = { ...sata("sda", 1), ...sata("sdb", 2), ...sata("sdc", 3), ...nvmeDisk };
  const health = {
    smart_status: { passed: false },
    power_on_time: { hours: 12 },
    temperature: { current: 41 },
  };
  const { found, asked, notes } = await live(t, tree, (disk) => json(disk.includes("nvme") ? health : {}, 8));
  t.same(asked, ["/dev/nvme0n1", "/dev/sda"]);
  t.same(found, {
    document: {
      disks: [
        { name: "nvme0n1", health: "failing" },
        { name: "sda", health: "failing" },
      ],
    },
    readings: { nvme0n1: { powerOnHours: 12, temperature: 41 } },
  });
  t.match(notes, ["of 4 disks 2 were not asked: sdb, sdc"]);
});

t.test("asks no virtual disk, no card and no volume of a controller", async (t) => {
  const scsi = "pci0000:00/0000:01:00.0/host0/target0:2:0/0:2:0:0";
  const { found, asked } = await live(
    t,
    {
      "/sys/block/vda": { link: "../devices/pci0000:00/0000:00:02.0/virtio1/block/vda" },
      "/sys/block/md0/size": "8\n",
      "/sys/block/mmcblk0/size": "8\n",
      "/sys/block/mmcblk0/device/life_time": "0x02 0x03\n",
      "/sys/block/mmcblk0/device/pre_eol_info": "0x01\n",
      "/sys/block/sda": { link: `../devices/${scsi}/block/sda` },
      [`/sys/devices/${scsi}/block/sda/size`]: "8\n",
      [`/sys/devices/${scsi}/block/sda/device`]: { link: "../.." },
      [`/sys/devices/${scsi}/vendor`]: "DELL    \n",
      [`/sys/devices/${scsi}/model`]: "PERC H730 Mini  \n",
      ...nvmeDisk,
      [`${nvme}/model`]: "Amazon Elastic Block Store\n",
    },
    () => undefined,
  );
  t.same(asked, []);
  t.same(found, { document: { disks: [{ name: "mmcblk0", health: "passed", wear: 30 }] }, readings: {} });
});

t.test("wakes no disk, and says so", async (t) => {
  const { found, notes } = await live(t, sata("sda", 1), () => json({}, 3));
  t.same([found, notes], [{ nothing: "failed" }, ["sda sleeps and was not woken"]]);
});

t.test("tells refusal, failure and a missing program apart", async (t) => {
  const refused = { code: 2, text: '{"smartctl":{"messages":[{"string":"/dev/sda: Permission denied"}]}}' };
  t.same((await live(t, sata("sda", 1), () => refused)).found, { nothing: "denied" });
  t.same((await live(t, sata("sda", 1), () => ({ code: 1, text: "" }))).found, { nothing: "failed" });
  t.same((await live(t, { ...sata("sda", 1), "/usr/sbin/smartctl": "folder" }, () => undefined)).found, {
    nothing: "failed",
  });
  t.same((await live(t, {}, () => undefined)).found, { nothing: "none" });
});

const state = "ata-smart-attribute.0.id = 5\nata-smart-attribute.0.val = 9\nata-smart-attribute.0.raw = 12\n";

t.test("takes from files what they tell, of another machine too", async (t) => {
  const found = await collected(t, "disk-health", {
    ...sata("sda", 1),
    ...sata("sdb", 2),
    ...nvmeDisk,
    "/var/lib/smartmontools/smartd.ST4000-SN_1.ata.state": state,
    "/var/lib/smartmontools/attrlog.ST4000-SN_2.ata.csv": "",
  });
  t.same(found.document, { disks: [{ name: "nvme0n1" }, { name: "sda", reallocatedSectors: 12 }] });
  t.same(found.readings, { nvme0n1: { temperature: 39 } });
});

t.test("says that only a running system can ask its disks", async (t) => {
  t.match(await collected(t, "disk-health", sata("sda", 1)), { status: "unsupported" });
  t.match(await collected(t, "disk-health", {}), { status: "none" });
});

t.test("reads the condition of eMMC", async (t) => {
  const health = (life_time: string, pre_eol_info: string) =>
    emmcHealth((name) => (name === "life_time" ? life_time : pre_eol_info));
  t.same(
    [health("0x0b 0x01", "0x02"), health("0x00 0x00", "0x00"), health("x", "")],
    [{ health: "failing", wear: 100 }, {}, {}],
  );
});
