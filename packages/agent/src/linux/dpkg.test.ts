// dpkg's records, held against what dpkg-query itself makes of them.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { record, withoutRecords } from "../testing/records.ts";
import { nativeArchitecture, parseAutomatic, parseDpkgEntries, withUpdates } from "./dpkg.ts";

const entriesOf = (text: string) => parseDpkgEntries(text).entries;

t.test("reads an entry as it stands", async (t) => {
  const text = `Package: libc6
Status: install ok installed
Installed-Size: 12989
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: glibc (2.36-9)
Version: 1:2.36-9+deb12u10
Description: GNU C Library
 Version: not a field
`;
  t.same(parseDpkgEntries(text), {
    entries: [
      {
        name: "libc6",
        version: "1:2.36-9+deb12u10",
        architecture: "amd64",
        state: "installed",
        isCoinstallable: true,
        source: "glibc",
        maintainer: "GNU Libc Maintainers <debian-glibc@lists.debian.org>",
        installedSize: 12_989 * 1_024,
      },
    ],
    nameless: 0,
  });
});

t.test("leaves out what cannot be what it says", async (t) => {
  const bare = { name: "a", source: "a", isCoinstallable: false };
  t.same(entriesOf("Package: A\nVersion: 1 2\nArchitecture: am d64\nInstalled-Size: -5\n"), [bare]);
  t.same(entriesOf(`Package: a\nVersion: ${"1".repeat(257)}\nInstalled-Size: 1e3\nSource:\n`), [bare]);
  t.same(entriesOf("Package: a\nSource: not a name\n"), [{ name: "a", isCoinstallable: false }]);
  t.same(parseDpkgEntries("Version: 1\n\nPackage: ../b\n\nPackage: -c\n\nPackage:\n"), {
    entries: [],
    nameless: 4,
  });
});

const dpkgQuery = spawnSync("dpkg-query", ["--version"]).status === 0 ? false : "dpkg-query is not installed";

/** What dpkg-query calls installed in a database of these files. */
function installedIn(t: Test, status: string, updates: readonly string[] = []): string[] {
  const database = t.testdir();
  mkdirSync(join(database, "updates"));
  writeFileSync(join(database, "status"), status);
  for (const [number, update] of updates.entries())
    writeFileSync(join(database, "updates", `${number}`.padStart(4, "0")), update);
  const format = ["Package", "Version", "Architecture", "db:Status-Abbrev"]
    .map((name) => `\${${name}}`)
    .join("\t");
  return execFileSync("dpkg-query", [`--admindir=${database}`, "-W", "-f", `${format}\n`], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
    .split("\n")
    .map((line) => line.split("\t"))
    .filter(([, , , letters]) => letters?.[1] === "i")
    .map(([name, version, architecture]) => `${name} ${version} ${architecture}`)
    .sort();
}

function installedOf(status: string, updates: readonly string[] = []): string[] {
  return withUpdates(entriesOf(status), updates.flatMap(entriesOf))
    .filter(({ state }) => state === "installed")
    .map(({ name, version, architecture = "" }) => `${name} ${version} ${architecture}`)
    .sort();
}

const wants = ["unknown", "install", "hold", "deinstall", "purge"];
const states = [
  "not-installed",
  "config-files",
  "half-installed",
  "unpacked",
  "half-configured",
  "triggers-awaited",
  "triggers-pending",
  "installed",
];

/** Fields without which dpkg takes a state for a contradiction. */
const fieldsOfState: Readonly<Record<string, string>> = {
  "config-files": "Config-Version: 0\n",
  "triggers-awaited": "Triggers-Awaited: other\n",
  "triggers-pending": "Triggers-Pending: trigger\n",
};

function entry(name: string, status: string, architecture = "amd64", more = ""): string {
  const needed = fieldsOfState[status.split(" ")[2] ?? ""] ?? "";
  return `Package: ${name}\nStatus: ${status}\nArchitecture: ${architecture}\nVersion: 1\n${needed}${more}`;
}

t.test(
  "calls installed what dpkg calls so, whatever is wanted of it and wrong with it",
  { skip: dpkgQuery },
  async (t) => {
    const all = wants.flatMap((want) =>
      ["ok", "reinstreq"].flatMap((flag) => states.map((state) => `${want} ${flag} ${state}`)),
    );
    const status = all.map((status, number) => entry(`p${number}`, status)).join("\n");
    const installed = installedIn(t, status);
    t.equal(installed.length, wants.length * 2);
    t.same(installedOf(status), installed);
    t.same(
      installedOf(entry("a", "Install OK Installed")),
      installedIn(t, entry("a", "Install OK Installed")),
    );
    const odd =
      "package : Odd\nSTATUS:   install   ok   installed  \nVersion:\t2_3\nMaintainer: x\nDescription: y\n \n z\n";
    t.same(installedOf(odd), installedIn(t, odd), "without an architecture");
    t.same(installedOf(`Package: a\nVersion: 1\n\n${entry("b", "install ok installed extra")}`), []);
  },
);

t.test("applies what dpkg has not yet written into its status file", { skip: dpkgQuery }, async (t) => {
  const ok = "install ok installed";
  const same = "Multi-Arch: same\n";
  const status = [entry("a", ok), entry("b", ok), entry("c", ok, "amd64", same), entry("d", ok)].join("\n");
  const updates = [
    entry("a", "install ok half-configured"),
    entry("b", ok, "all"),
    entry("c", ok, "i386", same),
    entry("d", "deinstall ok config-files"),
    entry("e", ok),
    entry("a", ok).replace("Version: 1", "Version: 2"),
  ];
  for (let count = 0; count <= updates.length; count++) {
    const applied = updates.slice(0, count);
    t.same(installedOf(status, applied), installedIn(t, status, applied), `${count} updates`);
  }
});

t.test("knows what apt installed for the sake of others", async (t) => {
  const entries = entriesOf(
    ["dpkg amd64", "doc all", "lib amd64", "lib i386", "own all"]
      .map((line) => line.replace(/(.*) (.*)/, "Package: $1\nArchitecture: $2\n"))
      .join("\n"),
  );
  t.equal(nativeArchitecture(entries), "amd64");
  t.equal(nativeArchitecture(entries.slice(1)), "amd64", "what most packages have");
  t.equal(nativeArchitecture([]), undefined);
  const states = `Package: doc
Architecture: amd64
Auto-Installed: 1

Package: lib
Architecture: i386
Auto-Installed: 1

Package: own
Architecture: amd64
Auto-Installed: 0
`;
  const automatic = parseAutomatic(states, "amd64");
  t.same(
    entries.filter(automatic).map(({ name, architecture }) => `${name} ${architecture}`),
    ["doc all", "lib i386"],
  );
});

t.test("never fails, whatever a database holds", async () => {
  const piece = fc.constantFrom(
    ...["Package", "Status", "Source", "Version", ": ", "\n", "\n\n", "a", " (", "installed"],
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(text, text, (status, states) => {
      const entries = withUpdates(entriesOf(status), entriesOf(states));
      entries.map(parseAutomatic(states, nativeArchitecture(entries)));
    }),
    { numRuns: 300 },
  );
});

t.test("reads a source of blanks without end as fast as another", async (t) => {
  const text = `Package: a\nStatus: install ok installed\nSource: b${" ".repeat(2 ** 20)}c\n`;
  t.match(entriesOf(text), [{ name: "a", source: "b" }]);
});

t.test("reads the records of real databases", { skip: withoutRecords }, async (t) => {
  const single = entriesOf(record("packages/dpkg-status-single").toString());
  t.match(single, [{ name: "apt", version: "1.8.2", source: "apt-dev", installedSize: 4_064 * 1_024 }]);
  t.same(parseDpkgEntries(record("packages/dpkg-status-corrupt").toString()).entries, []);
  const examples = entriesOf(record("packages/dpkg-status-doc-examples").toString());
  t.same(examples.length, 16);
  t.match(examples[1], { name: "made-up-package-1", version: "1.0.0", source: "glibc" });
  const router = entriesOf(record("packages/opkg-status").toString());
  t.match(router[0], { name: "dropbear", version: "2024.85-r0", state: "installed", architecture: "x86_64" });
  const whole =
    record("packages/trivy-dpkg-valid.txtar").toString().split("-- var/lib/dpkg/status --\n")[1] ?? "";
  t.same(entriesOf(whole).length, whole.match(/^Package: /gm)?.length);
});
