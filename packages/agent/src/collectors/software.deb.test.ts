// Section `software.deb`: to the last package what dpkg-query calls installed.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { z } from "zod";
import { collected, machineTree, type Tree } from "../testing/collected.ts";

const statusFile = "/var/lib/dpkg/status";
const status = `Package: libstdc++6
Status: install ok installed
Installed-Size: 2500
Maintainer: Debian GCC Maintainers <debian-gcc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: gcc-12 (12.2.0-14)
Version: 1:12.2.0-14+deb12u1
Conffiles:
 /etc/x 0123456789abcdef0123456789abcdef
Description: library
 Package: not this

Package: libstdc++6
Status: hold reinstreq installed
Architecture: i386
Multi-Arch: same
Version: 1:12.2.0-14+deb12u1

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
`;
const machine: Tree = {
  [statusFile]: status,
  "/var/lib/apt/extended_states": "Package: libstdc++6\nArchitecture: amd64\nAuto-Installed: 1\n",
  "/usr/lib/os-release": "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n",
  "/etc/os-release": { link: "../usr/lib/os-release" },
};

t.test("tells what is installed, and all that is known of it", async (t) => {
  const found = await collected(t, "software.deb", machine);
  const both = { name: "libstdc++6", version: "1:12.2.0-14+deb12u1" };
  const purl = (arch: string) =>
    `pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1?arch=${arch}&distro=bookworm`;
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(found.document, {
    packages: [
      {
        ...both,
        architecture: "amd64",
        source: "gcc-12",
        vendor: "Debian GCC Maintainers <debian-gcc@lists.debian.org>",
        installedSize: 2_560_000,
        automatic: true,
        purl: purl("amd64"),
      },
      { ...both, architecture: "i386", source: "libstdc++6", automatic: false, purl: purl("i386") },
    ],
  });
});

t.test("tells when each was installed, by the age of its list of files", async (t) => {
  const list = (name: string) => `/var/lib/dpkg/info/${name}.list`;
  const [amd64, plain] = [list("libstdc++6:amd64"), list("libstdc++6")];
  const root = machineTree(t, { ...machine, [amd64]: "", [plain]: "" });
  const touch = (path: string, instant: string) =>
    utimesSync(join(root, path), 0, Date.parse(instant) / 1_000);
  const told = async () =>
    packagesIn((await collected(t, "software.deb", root)).document).map((each) => each.installedAt);
  touch(amd64, "2024-02-29T12:34:56.789Z");
  touch(plain, "2023-01-01T00:00:00Z");
  t.same(await told(), ["2024-02-29T12:34:56Z", "2023-01-01T00:00:00Z"]);
  touch(plain, "1970-01-01T00:00:01Z");
  t.same(await told(), ["2024-02-29T12:34:56Z", undefined], "images are made without dates");
});

t.test("says no more than it knows", async (t) => {
  const bare = "Package: a\nStatus: install ok installed\n";
  const { document } = await collected(t, "software.deb", { [statusFile]: bare });
  t.same(document, { packages: [{ name: "a", architecture: "unknown", source: "a" }] });
});

t.test("tells what an image without dpkg lists", async (t) => {
  const folder = "/var/lib/dpkg/status.d";
  const { document } = await collected(t, "software.deb", {
    [`${folder}/base`]: "Package: base-files\nVersion: 12.4\nArchitecture: amd64\nMaintainer: a\n",
    [`${folder}/base.md5sums`]: "Package: no\nVersion: 1\nArchitecture: all\n",
    [`${folder}/tzdata`]: "Package: tzdata\nStatus: install ok installed\nVersion: 2\nArchitecture: all\n",
    [`${folder}/rest`]: "Package: rest\nStatus: deinstall ok config-files\nVersion: 2\nArchitecture: all\n",
    [`${folder}/folder`]: "folder",
  });
  t.same(document, {
    packages: [
      { name: "base-files", version: "12.4", architecture: "amd64", source: "base-files", vendor: "a" },
      { name: "tzdata", version: "2", architecture: "all", source: "tzdata" },
    ],
  });
});

t.test("tells what dpkg has not yet written into its status file", async (t) => {
  const entry = (version: number, state: string) =>
    `Package: a\nStatus: install ok ${state}\nArchitecture: all\nVersion: ${version}\n`;
  const { document } = await collected(t, "software.deb", {
    [statusFile]: entry(1, "installed"),
    "/var/lib/dpkg/updates/0000": entry(2, "unpacked"),
    "/var/lib/dpkg/updates/0001": entry(3, "installed"),
    "/var/lib/dpkg/updates/tmp.i": entry(4, "installed"),
  });
  t.match(document, { packages: [{ version: "3" }] });
});

t.test("tells nothing there from what cannot be read, and from what is no database any more", async (t) => {
  t.match(await collected(t, "software.deb", {}), { status: "none", diagnostics: [] });
  t.match(await collected(t, "software.deb", { [statusFile]: "" }), { status: "none" });
  t.match(await collected(t, "software.deb", { [statusFile]: "\0".repeat(5_000) }), { status: "failed" });
  const broken = await collected(t, "software.deb", { [statusFile]: `Pakij: apt\nVersion: 1\n\n${status}` });
  t.match(broken, { status: "ok", diagnostics: [/^1 entries of dpkg name no package/] });

  const image = { "/var/lib/dpkg/status.d/a": "Package: a\nVersion: 1\nArchitecture: all\n" };
  const hidden = await collected(t, "software.deb", { ...image, [statusFile]: "folder" });
  t.match(hidden, { status: "denied", diagnostics: [`${statusFile}: not a regular file`] });

  const root = mkdtempSync(join(tmpdir(), "rollcall-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755);
  mkdirSync(join(root, "var/lib/dpkg"), { recursive: true });
  writeFileSync(join(root, statusFile), status, { mode: 0 });
  const unprivileged = process.geteuid?.() === 0 ? 65_534 : process.geteuid?.();
  process.seteuid?.(unprivileged ?? 0);
  const denied = collected(t, "software.deb", root);
  // What is looked at was looked at before the first answer.
  process.seteuid?.(process.getuid?.() ?? 0);
  t.match(await denied, { status: "denied", diagnostics: [`${statusFile}: not permitted`] });
});

t.test("reads a database of ten thousand packages", async (t) => {
  const description = " A line of a long description that nobody wants to have here.\n".repeat(16);
  const entry = (number: number) =>
    `Package: p${number}\nStatus: install ok installed\nArchitecture: all\nVersion: ${number}\nDescription: d\n${description}`;
  const large = Array.from({ length: 10_000 }, (_, number) => entry(number)).join("\n");
  t.ok(large.length > 10_000_000);
  const { document } = await collected(t, "software.deb", { [statusFile]: large });
  t.equal(packagesIn(document).length, 10_000);
});

t.test("tells what is no UTF-8 as far as it is text, and nothing of a name that is none", async (t) => {
  const entry =
    "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\u0007.2\nMaintainer: Sch\u00e4fer\n";
  const name = "\nPackage: caf\u00e9\nStatus: install ok installed\nVersion: 1\n";
  const latin1 = Buffer.from(entry + name, "latin1");
  const found = await collected(t, "software.deb", { [statusFile]: latin1 });
  t.match(found, {
    document: { packages: [{ name: "a", version: "1.2", vendor: "Sch\ufffdfer" }] },
    diagnostics: [/^1 entries of dpkg name no package/],
  });
});

t.test("tells a hundred thousand packages, and says that there are more", async (t) => {
  const entry = (number: number) => `Package: p${number}\nStatus: install ok installed\nVersion: 1\n`;
  const many = Array.from({ length: 100_010 }, (_, number) => entry(number)).join("\n");
  const { document } = await collected(t, "software.deb", { [statusFile]: many });
  t.match(document, { packages: { length: 100_000 }, truncated: true });
});

t.test("passes its definition whatever the files hold", async () => {
  const mutated = fc
    .tuple(fc.nat(status.length - 1), fc.nat(3), fc.string({ maxLength: 3 }))
    .map(([at, gone, more]) => status.slice(0, at) + more + status.slice(at + gone));
  const anything = fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated);
  await fc.assert(
    fc.asyncProperty(anything, anything, anything, async (first, second, third) => {
      const found = await collected(t, "software.deb", {
        [statusFile]: first,
        "/var/lib/dpkg/updates/0": second,
        "/var/lib/dpkg/status.d/a": second,
        "/var/lib/apt/extended_states": third,
        "/etc/os-release": third,
      });
      return ["ok", "none", "failed"].includes(found.status);
    }),
    { numRuns: 100 },
  );
});

const documentSchema = z.object({
  packages: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      architecture: z.string(),
      source: z.string(),
      vendor: z.string().optional(),
      installedAt: z.string().optional(),
      installedSize: z.number().optional(),
      automatic: z.boolean().optional(),
    }),
  ),
});
const packagesIn = (document: unknown) => documentSchema.parse(document).packages;
