// The mount tables of the kernel.
import fc from "fast-check";
import t, { type Test } from "tap";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { mountSources, parseMountinfo, parseMounts, readMounts } from "./mounts.ts";

t.test("reads lines with any number of optional fields, and names with blanks", async (t) => {
  const lines = [
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard",
    "36 27 8:1 /sub /mnt/a\\040b\\011c\\134d rw shared:1 master:2 propagate_from:3 - xfs /dev/disk\\0401 rw",
    "37 27 0:40 / /dash rw shared:7 - tmpfs - rw",
    "39 27 0:42 / /none rw shared:7 tmpfs tmpfs rw",
    "38 27 0:41 / /short rw - tmpfs tmpfs",
  ];
  t.same(parseMountinfo(`${lines.join("\n")}\n`), [
    { device: "254:0", root: "/", mount: "/", type: "ext4", source: "/dev/vda", options: "rw,discard" },
    {
      device: "8:1",
      root: "/sub",
      mount: "/mnt/a b\tc\\d",
      type: "xfs",
      source: "/dev/disk 1",
      options: "rw",
    },
    { device: "0:40", root: "/", mount: "/dash", type: "tmpfs", source: "-", options: "rw" },
    { device: "0:41", root: "/", mount: "/short", type: "tmpfs", source: "tmpfs", options: "" },
  ]);
  t.same(parseMounts("/dev/sda1 /mnt/\\043x ext4 rw,relatime 0 0\nbroken line\n"), [
    { root: "/", mount: "/mnt/#x", type: "ext4", source: "/dev/sda1", options: "rw,relatime" },
  ]);
});

const places = (t: Test, tree: Tree) =>
  readMounts(openLook({ root: machineTree(t, tree), reads: mountSources })).map(
    ({ mount, type }) => `${mount} ${type}`,
  );

t.test("sees of several mounts at one place the last", async (t) => {
  const info = ["1 0 8:1 / /data rw - ext4 /dev/sda1 rw", "2 1 0:40 / /data rw - tmpfs tmpfs rw"].join("\n");
  t.same(places(t, { "/proc/self/mountinfo": info }), ["/data tmpfs"]);
});

t.test("takes the newer file before the older ones, and the first process' below another root", async (t) => {
  const info = (mount: string) => `1 0 8:1 / ${mount} rw - ext4 /dev/sda1 rw\n`;
  const older = { "/proc/mounts": "/dev/sda1 /all ext4 rw 0 0\n" };
  const own = { ...older, "/proc/self/mounts": "/dev/sda1 /own ext4 rw 0 0\n" };
  t.same(places(t, older), ["/all ext4"]);
  t.same(places(t, own), ["/own ext4"]);
  t.same(places(t, { ...own, "/proc/self/mountinfo": info("/info") }), ["/info ext4"]);
  t.same(places(t, { "/proc/self/mountinfo": info("/info"), "/proc/1/mountinfo": info("/first") }), [
    "/first ext4",
  ]);
  t.same(places(t, {}), []);
});

t.test("makes of any text only mounts with a place", async () => {
  const word = fc.constantFrom("-", "/", "/a\\040b", "8:1", "rw", "ext4", "\\9", "1", "");
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc
      .array(fc.array(word, { maxLength: 12 }), { maxLength: 6 })
      .map((lines) => lines.map((line) => line.join(" ")).join("\n")),
  );
  fc.assert(
    fc.property(text, (table) =>
      [...parseMountinfo(table), ...parseMounts(table)].every(({ mount }) => mount.startsWith("/")),
    ),
    { numRuns: 300 },
  );
});
