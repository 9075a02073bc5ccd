// Section `software.deb`, held against dpkg and apt of this machine, and records of others.
import { execFileSync, spawnSync } from "node:child_process";
import t from "tap";
import { z } from "zod";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";

const statusFile = "/var/lib/dpkg/status";

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
