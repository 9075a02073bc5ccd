// Machines within others: a cloud's, a container, a mainframe's guest, their documents checked by hand.
import t from "tap";
import { dmiFiles, guestCpu, inventory, snapshot, withoutIds } from "../testing/machines.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { smbiosTable } from "../testing/smbios-table.ts";

const sections = ["system", "firmware", "memory"] as const;

t.test("an instance of Amazon's on ARM, its /proc and /sys whole", { skip: withoutRecords }, async (t) => {
  const root = snapshot(t, "linux-arm64-c288e0776090cd558ef793b2a4e61939", {
    ...dmiFiles({
      sys_vendor: "Amazon EC2",
      product_name: "t4g.small",
      board_vendor: "Amazon EC2",
      board_asset_tag: "i-0123456789abcdef0",
      chassis_type: "1",
      chassis_asset_tag: "Amazon EC2",
      bios_vendor: "Amazon EC2",
      bios_version: "1.0",
      bios_date: "11/1/2018",
      bios_release: "1.0",
    }),
    "/sys/firmware/efi/fw_platform_size": "64\n",
    "/sys/firmware/dmi/tables/DMI": smbiosTable(),
  });
  const { storage, ...found } = await inventory(t, root, [...sections, "processor", "storage"]);
  t.same(withoutIds(found), {
    system: {
      manufacturer: "Amazon EC2",
      model: "t4g.small",
      board: { manufacturer: "Amazon EC2" },
      chassis: { assetTag: "Amazon EC2" },
      virtualization: "amazon",
      cloud: { provider: "aws", instance: "i-0123456789abcdef0" },
    },
    firmware: { vendor: "Amazon EC2", version: "1.0", release: "1.0", date: "2018-11-01", mode: "uefi" },
    memory: { total: 1_888_980 * 1_024 },
    processor: {
      processors: [{ socket: "60", manufacturer: "ARM", model: "Neoverse-N1", cores: 1, threads: 1 }],
      cores: 1,
      threads: 1,
      architecture: "aarch64",
      flags: ["aes", "asimd", "atomics", "crc32", "pmull", "sha1", "sha2", "ssbs"],
    },
  });
  t.match(storage, {
    disks: [{ name: "nvme0n1", model: "Amazon Elastic Block Store", size: 16_777_216 * 512, bus: "nvme" }],
    filesystems: [{ mount: "/", type: "xfs", device: "nvme0n1p1" }],
  });
});

t.test("a container, which shows the machine below it only in part", async (t) => {
  const container = {
    "/.dockerenv": "",
    "/proc/1/cgroup": "0::/\n",
    "/proc/self/mountinfo":
      "812 700 0:62 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/ABC,upperdir=/var/lib/docker/overlay2/d/diff,workdir=/var/lib/docker/overlay2/d/work\n",
    "/proc/cpuinfo": guestCpu.replace(" hypervisor", ""),
    "/proc/meminfo": "MemTotal:       16303428 kB\n",
    "/etc/os-release":
      'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n',
    "/etc/hostname": "f00dfeed1234\n",
  };
  const found = await inventory(t, container, [...sections, "batteries", "displays"]);
  t.same(found, {
    system: { virtualization: "docker" },
    firmware: undefined,
    memory: { total: 16_303_428 * 1_024 },
    batteries: undefined,
    displays: undefined,
  });
  const [, model] = /model name\t: (.*)/.exec(guestCpu) ?? [];
  t.match((await inventory(t, container, ["processor"])).processor, { processors: [{ model }], threads: 1 });
  t.match((await inventory(t, container, ["operating-system"]))["operating-system"], {
    id: "alpine",
    version: "3.20.3",
    hostname: "f00dfeed1234",
    bootMode: undefined,
  });
});

t.test("a guest of z/VM", { skip: withoutRecords }, async (t) => {
  const machine = {
    "/proc/cpuinfo": record("cpuinfo/ohai-s390x.txt"),
    "/proc/sysinfo":
      "Manufacturer:         IBM\nType:                 8561\nVM00 Name:            LINUX1\nVM00 Control Program: z/VM    7.2.0\n",
    "/proc/meminfo": "MemTotal:        4017900 kB\n",
  };
  const found = await inventory(t, machine, [...sections, "processor"]);
  t.same(
    [found.system, found.firmware, found.memory],
    [{ virtualization: "zvm" }, undefined, { total: 4_017_900 * 1_024 }],
  );
  t.match(found.processor, {
    processors: [{ manufacturer: "IBM", model: "z15", cores: 4, threads: 4 }],
    architecture: "s390x",
  });
});
