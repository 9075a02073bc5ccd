// Section `software.deb`: to the last package what dpkg-query calls installed.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { z } from "zod";
import { collected, type Tree } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";

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
      installedSize: z.number().optional(),
      automatic: z.boolean().optional(),
    }),
  ),
});
const packagesIn = (document: unknown) => documentSchema.parse(document).packages;

const without = (program: string) =>
  spawnSync(program, ["--version"]).status === 0 ? false : `${program} is not installed`;
const printedBy = (program: string, ...parameters: string[]) =>
  execFileSync(program, parameters, { encoding: "utf8" }).split("\n").slice(0, -1);

t.test("equals what dpkg-query tells of this machine", { skip: without("dpkg-query") }, async (t) => {
  const names = [
    "db:Status-Abbrev",
    "Package",
    "Version",
    "Architecture",
    "source:Package",
    "Installed-Size",
  ];
  const format = [...names, "Maintainer"].map((name) => `\${${name}}`).join("\t");
  const told = printedBy("dpkg-query", "-W", "-f", `${format}\n`)
    .filter((line) => line[1] === "i")
    .map((line) => line.slice(line.indexOf("\t") + 1));
  const { document } = await collected(t, "software.deb", "/");
  const found = packagesIn(document).map(
    ({ name, version, architecture, source, installedSize = 0, vendor }) =>
      `${name}\t${version}\t${architecture}\t${source}\t${installedSize / 1_024}\t${vendor}`,
  );
  t.ok(told.length > 0);
  t.same(found.toSorted(), told.toSorted());
});

t.test("equals what apt-mark tells of this machine", { skip: without("apt-mark") }, async (t) => {
  const { document } = await collected(t, "software.deb", "/");
  const automatic = packagesIn(document).filter((each) => each.automatic);
  const names = printedBy("apt-mark", "showauto").map((name) => name.replace(/:.*/, ""));
  t.same(automatic.map(({ name }) => name).toSorted(), names.toSorted());
});

/** Second letters of `dpkg -l` (dpkg-query(1), --list). */
const stateLetters = new Map(
  Object.entries({
    n: "not-installed",
    c: "config-files",
    H: "half-installed",
    U: "unpacked",
    F: "half-configured",
    W: "triggers-awaited",
    t: "triggers-pending",
    i: "installed",
  }),
);

t.test("takes the second letter of dpkg's list for the state", { skip: withoutRecords }, async (t) => {
  const lines = record("packages/jc-dpkg-l-codes.txt")
    .toString()
    .matchAll(/^\w(\w)\w? +(\S+) +(\S+) +(\S+)/gm);
  const database = [...lines].map(
    ([, letter = "", name, version, architecture]) =>
      `Package: ${name}\nStatus: install ok ${stateLetters.get(letter)}\nVersion: ${version}\nArchitecture: ${architecture}\n`,
  );
  t.equal(database.length, 16);
  const { document } = await collected(t, "software.deb", { [statusFile]: database.join("\n") });
  t.same(
    packagesIn(document).map(({ name }) => name),
    ["accountsservice", "amd64-microcode", "apparmor", "apport", "apport-symptoms"].concat(
      [137, 139, 140].map((build) => `linux-image-4.15.0-${build}-generic`),
    ),
  );
});

t.test("tells the records of real databases", { skip: withoutRecords }, async (t) => {
  const [, whole = ""] = record("packages/trivy-dpkg-valid.txtar").toString().split("/status --\n");
  const { document } = await collected(t, "software.deb", {
    [statusFile]: whole,
    "/etc/os-release": record("os-release/ubuntu_2510"),
  });
  t.equal(packagesIn(document).length, whole.match(/^Status: install ok installed$/gm)?.length);
  t.match(packagesIn(document)[0], { name: "adduser", source: "adduser" });
  const examples = record("packages/dpkg-status-doc-examples");
  const image = await collected(t, "software.deb", { "/var/lib/dpkg/status.d/examples": examples });
  t.match(image, { status: "ok", document: { packages: { length: 16 } } });
  const corrupt = await collected(t, "software.deb", {
    [statusFile]: record("packages/dpkg-status-corrupt"),
  });
  t.match(corrupt, { status: "failed" });
});
