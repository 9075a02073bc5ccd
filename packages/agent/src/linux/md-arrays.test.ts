// RAID that the kernel makes, as it tells of it.
import fc from "fast-check";
import t from "tap";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { parseMdstat, readMdArrays } from "./md-arrays.ts";

const mdstat = `Personalities : [raid1] [raid6] [raid5] [raid4] [linear]
md1 : active raid6 sde1[4](S) sdd1[3] sdc1[2](F) sdb1[1] sda1[0]
      1953260544 blocks super 1.2 level 6, 512k chunk, algorithm 2 [4/3] [UU_U]
      [==>..................]  recovery = 12.6% (37043392/292945152) finish=127.5min speed=33440K/sec
      bitmap: 0/8 pages [0KB], 65536KB chunk

md0 : active (auto-read-only) raid1 nvme1n1p2[1] nvme0n1p2[0]
      1047552 blocks super 1.2 [2/2] [UU]

md3 : active (read-only) raid0 sdg[1] sdf[0]
      2048 blocks super 1.2 512k chunks

md127 : inactive sdb[1](S) sda[0](S)
      5552 blocks super external:imsm

unused devices: <none>
`;

t.test("tells level, state, size and members", async (t) => {
  t.same(parseMdstat(mdstat), [
    {
      name: "md1",
      level: "raid6",
      state: "active",
      size: 2_000_138_797_056,
      degraded: 1,
      rebuilding: true,
      members: ["sde1", "sdd1", "sdc1", "sdb1", "sda1"],
      failed: ["sdc1"],
      spares: ["sde1"],
    },
    {
      name: "md0",
      level: "raid1",
      state: "active",
      size: 1_072_693_248,
      degraded: 0,
      members: ["nvme1n1p2", "nvme0n1p2"],
    },
    { name: "md3", level: "raid0", state: "read-only", size: 2_097_152, members: ["sdg", "sdf"] },
    { name: "md127", level: "container", state: "inactive", size: 5_685_248, members: ["sdb", "sda"] },
  ]);
  t.same(parseMdstat("Personalities : \nunused devices: <none>\n"), []);
});

t.test("takes a check of the data for none of its repair", async (t) => {
  const text = mdstat.replace("recovery = 12.6%", "check = 12.6%");
  t.equal(parseMdstat(text)[0]?.rebuilding, undefined);
});

t.test("reads the array's own files where the kernel's list is not there", async (t) => {
  const md = "/sys/block/md0/md";
  const tree: Tree = {
    "/sys/block/md0/size": "2095104\n",
    [`${md}/array_state`]: "clean\n",
    [`${md}/level`]: "raid1\n",
    [`${md}/degraded`]: "1\n",
    [`${md}/sync_action`]: "idle\n",
    [`${md}/dev-sda1/state`]: "in_sync\n",
    [`${md}/dev-sdb1/state`]: "faulty,blocked\n",
    "/sys/block/md1/md/array_state": "clear\n",
  };
  const look = openLook({ root: machineTree(t, tree), reads: ["/proc/mdstat", "/sys/block"] });
  t.same(readMdArrays(look), [
    {
      name: "md0",
      level: "raid1",
      state: "active",
      size: 1_072_693_248,
      degraded: 1,
      members: ["sda1", "sdb1"],
      failed: ["sdb1"],
    },
  ]);
});

t.test("reads any text as arrays or as none", async () => {
  const line = fc.oneof(fc.string(), fc.constantFrom(...mdstat.split("\n")));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 10 }), (lines) =>
      parseMdstat(lines.join("\n")).every(
        ({ name, degraded = 0 }) => name.startsWith("md") && Number.isSafeInteger(degraded) && degraded >= 0,
      ),
    ),
  );
});
