// Section `kernel-modules`: what is loaded, what is marked, and what a broken list costs.
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { collected } from "../testing/collected.ts";
import { parseModules, parseSwitch } from "./kernel-modules.ts";

const listed = `nvidia 56053760 1010 nvidia_uvm,nvidia_modeset, Live 0x0000000000000000 (POE)
ext4 1175552 2 - Live 0xffffffffc0a00000
vboxdrv 704512 0 - Live 0x0000000000000000 (OE)
r8188eu 1024000 0 - Live 0x0000000000000000 (C)
going 4096 0 - Unloading 0x0000000000000000 (O-)
`;

t.test("lists what is loaded, marks what is not the kernel's own, and tells its version", async (t) => {
  const found = await collected(t, "kernel-modules", {
    "/proc/modules": listed,
    "/proc/sys/kernel/modules_disabled": "0\n",
    "/sys/module/module/parameters/sig_enforce": "Y\n",
    "/sys/module/nvidia/version": "535.183.01\n",
    "/sys/module/ext4/version": "of no use\n",
  });
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(found.document, {
    modules: [
      { name: "ext4" },
      { name: "nvidia", version: "535.183.01", marks: ["out-of-tree", "proprietary", "unsigned"] },
      { name: "r8188eu", marks: ["staging"] },
      { name: "vboxdrv", marks: ["out-of-tree", "unsigned"] },
    ],
    signaturesRequired: true,
    loadingDisabled: false,
  });
});

t.test("tells a kernel with nothing loaded from one that has no list", async (t) => {
  t.same((await collected(t, "kernel-modules", { "/proc/modules": "" })).document, { modules: [] });
  t.match(await collected(t, "kernel-modules", {}), { status: "none", diagnostics: [] });
});

t.test("lists this machine's as the kernel does, the same each time", async (t) => {
  const [first, second] = [
    await collected(t, "kernel-modules", null),
    await collected(t, "kernel-modules", null),
  ];
  const names = existsSync("/proc/modules")
    ? [...readFileSync("/proc/modules", "utf8").matchAll(/^\S+(?=.* Live )/gm)].map(String).sort()
    : undefined;
  t.same(
    Object(first.document).modules?.map(({ name }: { name: string }) => name),
    names,
  );
  t.strictSame(second, first);
});

t.test("takes no line for a module that is none, and no word for a switch", async (t) => {
  t.same(parseModules("ext4\n\nname with blanks 1 0 - Live 0\n../../x 1 0 - Live 0x0\n"), []);
  t.same(["", undefined, "yes", "2"].map(parseSwitch), Array(4));
  t.same(["Y\n", "1", "N\n", "0\n"].map(parseSwitch), [true, true, false, false]);
});

t.test("passes its definition whatever the list holds", async () => {
  const line = fc.array(fc.oneof(fc.string(), fc.constantFrom("Live", "a", "(OE)", "-")), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
      const text = lines.map((words) => words.join(" ")).join("\n");
      const { status } = await collected(t, "kernel-modules", { "/proc/modules": text });
      return status === "ok";
    }),
    { numRuns: 50 },
  );
});
