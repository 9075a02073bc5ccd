// Section `software.rpm`: to the last package what `rpm -qa` lists.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { z } from "zod";
import type { Recorded } from "../collecting/look.ts";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { ndbDatabase, sqliteDatabase } from "../testing/rpm-made.ts";

const osRelease = { "/etc/os-release": "ID=fedora\nVERSION_ID=43\n" };
const sqlitePath = "/usr/lib/sysimage/rpm/rpmdb.sqlite";
const kernel = { name: "kernel", release: "1.fc43", architecture: "x86_64", vendor: "Fedora Project" };

t.test("tells what is installed, several versions of one package too", async (t) => {
  const database = sqliteDatabase(t, [
    {
      ...kernel,
      version: "6.17.1",
      size: 100,
      installedAt: 1_760_000_000,
      sourceRpm: "kernel-6.17.1-1.fc43.src.rpm",
    },
    { ...kernel, version: "6.17.4", epoch: 1, sourceRpm: "linux-the-kernel-6.17.4-1.fc43.nosrc.rpm" },
    { name: "gpg-pubkey", version: "31645531", release: "66b6dccf" },
  ]);
  const found = await collected(t, "software.rpm", { ...osRelease, [sqlitePath]: database });
  t.same(found, {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        {
          name: "kernel",
          version: "1:6.17.4-1.fc43",
          architecture: "x86_64",
          source: "linux-the-kernel",
          vendor: "Fedora Project",
          purl: "pkg:rpm/fedora/kernel@6.17.4-1.fc43?arch=x86_64&distro=fedora-43&epoch=1",
        },
        {
          name: "kernel",
          version: "6.17.1-1.fc43",
          architecture: "x86_64",
          source: "kernel",
          vendor: "Fedora Project",
          installedAt: "2025-10-09T08:53:20Z",
          installedSize: 100,
          purl: "pkg:rpm/fedora/kernel@6.17.1-1.fc43?arch=x86_64&distro=fedora-43",
        },
      ],
    },
  });
});

t.test("tells nothing there from a database that cannot be read", async (t) => {
  t.match(await collected(t, "software.rpm", osRelease), { status: "none", diagnostics: [] });
  t.match(await collected(t, "software.rpm", { [sqlitePath]: sqliteDatabase(t, []) }), { status: "none" });
  const broken = await collected(t, "software.rpm", { [sqlitePath]: "SQLite format 3\0 and no more" });
  t.match(broken, { status: "failed", diagnostics: [`${sqlitePath}: is no SQLite database`] });
  const folder = await collected(t, "software.rpm", { [sqlitePath]: "folder" });
  t.match(folder, {
    status: "failed",
    diagnostics: [`${sqlitePath}: not a regular file`, /could not be read/],
  });
});

t.test("tells names in Latin-1 and with control characters as far as they are text", async (t) => {
  const made = { name: "caf\u0007e", version: "1", release: "1", vendor: "Schäfer" };
  const database = ndbDatabase([made]);
  database.write("Sch\u00e4fer\0\0", database.indexOf("Schäfer"), "latin1");
  const { document } = await collected(t, "software.rpm", { "/var/lib/rpm/Packages.db": database });
  t.same(document, {
    packages: [{ name: "cafe", version: "1-1", architecture: "unknown", vendor: "Sch\ufffdfer" }],
  });
});

t.test("asks rpm itself for more where the database is damaged", async (t) => {
  const database = ndbDatabase([
    { name: "a", version: "1", release: "1" },
    { name: "b", version: "1", release: "1" },
  ]);
  database.write("Gone", database.indexOf("BlbS"));
  const machine = { "/var/lib/rpm/Packages.db": database };
  const line = (name: string) => `${name}\t0\t1\t1\tnoarch\t(none)\t0\t0\t(none)\n`;
  const asked = async (printed: string) => {
    const recorded: Recorded = (program, [first]) =>
      program === "/usr/bin/rpm" && first === "-qa" ? printed : undefined;
    const { document } = await collected(t, "software.rpm", machine, { recorded });
    return named.parse(document).packages.map(({ name }) => name);
  };
  t.same(await asked(`${line("a")}${line("b")}${line("gpg-pubkey")}`), ["a", "b"]);
  t.same(await asked("error: cannot open\n"), ["b"], "what can be had without it");
});

const named = z.object({ packages: z.array(z.object({ name: z.string() })) });

const withoutRpm = ["rpm", "rpmbuild"].some((program) => spawnSync(program, ["--version"]).status !== 0)
  ? "rpm is not installed"
  : false;

const spec = (name: string, versions: string) => `Name: ${name}
${versions}
Summary: made for a test
License: none
Vendor: Rollcall Übung
BuildArch: noarch
%description
None.
%package libs
Summary: more of it
%description libs
None.
%install
mkdir -p %{buildroot}/opt/${name}
for i in $(seq 1 400); do echo $i > %{buildroot}/opt/${name}/a-file-with-a-long-name-$i; done
%files
/opt/${name}
%files libs
`;

/** A root with packages that rpm itself built and entered into its database. */
function rootOfRpm(t: Test): string {
  const root = t.testdir();
  const folder = join(root, "build");
  mkdirSync(folder);
  writeFileSync(join(folder, "a.spec"), spec("a-b.c", "Version: 1.0~rc1\nRelease: 2\nEpoch: 3"));
  writeFileSync(join(folder, "d.spec"), spec("d", "Version: 2^git5\nRelease: 1"));
  const defined = ["--define", `_topdir ${folder}`, "--define", `_rpmdir ${folder}`];
  const specs = ["a.spec", "d.spec"].map((file) => join(folder, file));
  execFileSync("rpmbuild", ["-bb", "--quiet", ...defined, ...specs], { stdio: "ignore" });
  const built = readdirSync(join(folder, "noarch")).map((file) => join(folder, "noarch", file));
  const justDatabase = ["--justdb", "--nodeps", "-i"];
  execFileSync("rpm", [...inRoot(root), ...justDatabase, ...built], { stdio: "ignore" });
  return root;
}
const inRoot = (root: string) => ["--root", root, "--dbpath", "/var/lib/rpm"];

const told = z.object({
  packages: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      architecture: z.string(),
      vendor: z.string(),
      source: z.string(),
      installedAt: z.string(),
      installedSize: z.number(),
    }),
  ),
});

t.test("equals what rpm tells of a database of its own", { skip: withoutRpm }, async (t) => {
  const root = rootOfRpm(t);
  const names = ["NAME", "EVR", "ARCH", "VENDOR", "SIZE", "INSTALLTIME", "SOURCERPM"];
  const format = `${names.map((name) => `%{${name}}`).join("\\t")}\\n`;
  const wanted = execFileSync("rpm", [...inRoot(root), "-qa", "--qf", format], { encoding: "utf8" });
  const { document } = await collected(t, "software.rpm", root);
  const sources = new Map([
    ["a-b.c", "a-b.c-1.0~rc1-2.src.rpm"],
    ["d", "d-2^git5-1.src.rpm"],
  ]);
  const found = told
    .parse(document)
    .packages.map(({ name, version, architecture, vendor, installedSize, installedAt, source }) =>
      [
        name,
        version,
        architecture,
        vendor,
        installedSize,
        Date.parse(installedAt) / 1_000,
        sources.get(source),
      ].join("\t"),
    );
  t.equal(found.length, 4);
  t.same(found.toSorted(), wanted.trimEnd().split("\n").toSorted());
});

t.test("tells a real Berkeley database", { skip: withoutRecords }, async (t) => {
  const file = record("packages/rpmdb-Packages-bdb");
  const { document } = await collected(t, "software.rpm", { "/var/lib/rpm/Packages": file });
  t.match(document, { packages: { length: 1 } });
});
