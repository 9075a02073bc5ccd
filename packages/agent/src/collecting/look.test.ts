// The one door to the machine's files: what it lets through, what it calls missing, and that no link leads out.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { machineTree, type Tree } from "../testing/collected.ts";
import { openLook } from "./look.ts";

const lookAt = (t: Test, tree: Tree, ...reads: string[]) =>
  openLook({ root: machineTree(t, tree), reads: reads.length > 0 ? reads : ["/etc"] });

t.test("reads files, folders, links and times below its root", async (t) => {
  const look = lookAt(t, { "/etc/b": "two\n", "/etc/a": Buffer.from([0x61, 0xff]), "/etc/c": { link: "b" } });
  t.equal(look.text("/etc/a"), "a\ufffd");
  t.same(look.bytes("/etc/a"), Buffer.from([0x61, 0xff]));
  t.equal(look.text("/etc/c"), "two\n");
  t.equal(look.link("/etc/c"), "b");
  t.same(look.names("/etc"), ["a", "b", "c"]);
  t.ok(look.exists("/etc/b"));
  const { born = 0, modified = 0, ...standing } = look.stat("/etc/b") ?? {};
  t.ok(born > 0 && modified > 0);
  t.same(standing, { kind: "file", size: 4, owner: process.getuid?.() });
  t.equal(look.stat("/etc")?.kind, "folder");
  t.equal(look.live, false);
  t.equal(look.space("/"), undefined, "the file system of the test is not that of the machine");
  t.same([look.wasDenied, look.notes], [false, []]);
});

t.test("lets a `*` stand for one name, and says once what it may not read there", async (t) => {
  const root = machineTree(t, { "/proc/1/fd/3": "", "/proc/2/fd": "", "/proc/2/environ": "A=b" });
  const look = openLook({ root, reads: ["/proc/*/fd"] });
  t.same(look.names("/proc"), ["1", "2"]);
  t.same(look.names("/proc/1/fd"), ["3"]);
  t.equal(look.text("/proc/1/fd/3"), "");
  for (const path of ["/proc/2/environ", "/proc/1", "/proc/2/net/fd", "/proc/../proc/1/fd", "/pro"])
    t.throws(() => look.text(path), /not among the paths/, path);
  t.same([look.text("/proc/1/fd"), look.text("/proc/1/fd")], [undefined, undefined]);
  t.same(look.notes, ["/proc/*/fd: not a regular file"]);
});

t.test("runs a program once for all sections of a task that ask it the same", async (t) => {
  const ran = new Map();
  const look = () => openLook({ root: null, reads: [], programs: ["/bin/sh"], ran });
  const asked = ["-c", "echo $$"];
  const [first, second] = [await look().run("/bin/sh", asked), await look().run("/bin/sh", asked)];
  t.match(first, { code: 0, text: /^\d+\n$/ });
  t.same(second, first);
  t.not((await look().run("/bin/sh", ["-c", "echo x$$"]))?.text, first?.text);
  const own = () => openLook({ root: null, reads: [], programs: ["/bin/sh"] }).run("/bin/sh", asked);
  t.notSame(await own(), await own(), "another task asks anew");
});

t.test("reads parts of a file, and no more than there is", async (t) => {
  const look = lookAt(t, { "/etc/parts": "0123456789", "/etc/folder": "folder" });
  const read = look.parts("/etc/parts", (file) =>
    [
      [8, 5],
      [0, 3],
      [4, 0],
      [10, 1],
      [2 ** 40, 1],
    ].map(([at = 0, length = 0]) => Buffer.from(file.read(at, length)).toString()),
  );
  t.same(read, ["89", "012", "", "", ""]);
  t.equal(
    look.parts("/etc/parts", ({ size }) => size),
    10,
  );
  t.equal(
    look.parts("/etc/none", () => 1),
    undefined,
  );
  t.equal(
    look.parts("/etc/folder", () => 1),
    undefined,
  );
  t.same(look.notes, ["/etc/folder: not a regular file"]);
});

t.test("tells when the files in a folder last changed", async (t) => {
  const root = machineTree(t, {
    "/etc/a.list": "",
    "/etc/b": "",
    "/etc/c.list": { link: "b" },
    "/etc/d.list": "folder",
  });
  utimesSync(join(root, "etc/a.list"), 0, 1_700_000_000);
  const look = openLook({ root, reads: ["/etc"] });
  t.same([...look.changes("/etc", ".list")], [["a.list", 1_700_000_000_000]]);
  t.same([look.changes("/etc/none", ""), look.notes], [new Map(), []]);
});

t.test("takes what is not there for missing, without a word", async (t) => {
  const look = lookAt(t, { "/etc/file": "" });
  t.equal(look.text("/etc/none"), undefined);
  t.equal(look.text("/etc/file/below"), undefined);
  t.equal(look.link("/etc/file"), undefined);
  t.equal(look.link("/etc/none/below"), undefined);
  t.equal(look.exists("/etc/none"), false);
  t.equal(look.stat("/etc/none"), undefined);
  t.same(look.names("/etc/none"), []);
  t.equal(look.text("/etc/file"), "");
  t.same([look.wasDenied, look.notes], [false, []]);
});

t.test("tells where a link points that leads nowhere", async (t) => {
  const look = lookAt(t, { "/etc/dangling": { link: "/none/such" }, "/etc/folder": { link: "/none" } });
  t.equal(look.link("/etc/dangling"), "/none/such");
  t.equal(look.link("/etc/folder/below"), undefined);
  t.same([look.text("/etc/dangling"), look.exists("/etc/dangling"), look.notes], [undefined, false, []]);
});

t.test("follows links inside the other machine's root and never out of it", async (t) => {
  const outside = t.testdir({ etc: { secret: "outside" } });
  const root = join(outside, "root");
  for (const folder of ["etc", "usr/lib"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "usr/lib/os-release"), "ID=inside\n");
  const links = {
    absolute: "/usr/lib/os-release",
    relative: "../usr/lib/os-release",
    climbing: "../../../../../../../usr/lib/os-release",
    "over-folder": "/lib/os-release",
    out: join(outside, "etc/secret"),
    "out-climbing": "../../etc/secret",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, "etc", name));
  symlinkSync("usr/lib", join(root, "lib"));
  const look = openLook({ root, reads: ["/etc"] });
  const read = Object.fromEntries(Object.keys(links).map((name) => [name, look.text(`/etc/${name}`)]));
  const inside = "ID=inside\n";
  t.same(read, {
    absolute: inside,
    relative: inside,
    climbing: inside,
    "over-folder": inside,
    out: undefined,
    "out-climbing": undefined,
  });
});

t.test("gives up on links that go in circles, with a note", async (t) => {
  const look = lookAt(t, { "/etc/a": { link: "b" }, "/etc/b": { link: "/etc/a" } });
  t.equal(look.text("/etc/a"), undefined);
  t.match(look.notes, [/^\/etc\/a: .*links/]);
});

t.test("reads regular files only, and waits for none", async (t) => {
  const root = machineTree(t, { "/etc/folder": "folder" });
  execFileSync("mkfifo", [join(root, "etc/pipe")]);
  const look = openLook({ root, reads: ["/etc"] });
  t.equal(look.text("/etc/pipe"), undefined);
  t.equal(look.text("/etc/folder"), undefined);
  t.equal(openLook({ root: null, reads: ["/dev/zero"] }).bytes("/dev/zero"), undefined);
  t.same(look.notes, ["/etc/pipe: not a regular file", "/etc/folder: not a regular file"]);
});

t.test("bounds what it reads, also where the kernel names no size", async (t) => {
  const look = lookAt(t, { "/etc/large": "x".repeat(1_000) });
  t.equal(look.text("/etc/large", 999), undefined);
  t.equal(look.text("/etc/large", 1_000)?.length, 1_000);
  t.same(look.notes, ["/etc/large: larger than 999 bytes"]);
  const kernel = openLook({ root: null, reads: ["/proc/self"] });
  t.match(kernel.text("/proc/self/status"), /^Name:/);
  t.equal(kernel.text("/proc/self/status", 10), undefined);
});

t.test("tells a look that was refused from nothing there", async (t) => {
  const root = mkdtempSync(join(tmpdir(), "rollcall-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755);
  mkdirSync(join(root, "etc/closed"), { recursive: true });
  writeFileSync(join(root, "etc/secret"), "s", { mode: 0 });
  chmodSync(join(root, "etc/closed"), 0);
  const look = openLook({ root, reads: ["/etc"] });
  asNobody(() => {
    t.equal(look.text("/etc/none"), undefined);
    t.equal(look.wasDenied, false);
    t.equal(look.text("/etc/secret"), undefined);
    t.same(look.names("/etc/closed"), []);
  });
  t.ok(look.wasDenied);
  t.same(look.notes, ["/etc/secret: not permitted", "/etc/closed: not permitted"]);
});

/** To root nothing is refused. */
function asNobody(work: () => void): void {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

t.test("refuses paths that the collector did not declare", async (t) => {
  const look = lookAt(t, { "/etc/shadow": "s", "/etc/os-release": "" }, "/etc/os-release");
  for (const path of [
    "/etc/shadow",
    "/etc",
    "/etc/os-release-not",
    "/etc/os-release/../shadow",
    "etc/os-release",
  ])
    t.throws(() => look.text(path), /not among the paths/, path);
});

t.test("keeps few and short notes", async (t) => {
  const look = lookAt(t, {});
  for (let number = 0; number < 100; number++) look.note(`${number}`.padEnd(1_000, "x"));
  look.note("0".padEnd(1_000, "x"));
  t.equal(look.notes.length, 32);
  t.equal(look.notes[0]?.length, 300);
});
