// os-release as systems write it, and as nobody should.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { record, recordAt, withoutRecords } from "../testing/records.ts";
import {
  debianVersionOf,
  nameOf,
  osReleaseOf,
  parseAssignments,
  readOsRelease,
  readOsVersion,
} from "./os-release.ts";

t.test("reads assignments, and passes over what is none", async (t) => {
  const lines = [
    "# ID=comment",
    "  ID=first",
    'NAME="Debian GNU/Linux"  # the whole name',
    String.raw`PRETTY_NAME="a \"b\" \$c \\ \d"`,
    "HASH=a#b",
    'OPEN="never closed',
    "BLANKS=Two Words ",
    "EMPTY=",
    'EMPTY_QUOTES=""',
    "1ST=no name",
    "WITH-DASH=no name",
    "=nothing",
    "no assignment",
    "ID=last",
  ];
  t.strictSame(Object.fromEntries(parseAssignments(lines.join("\n"))), {
    ID: "last",
    NAME: "Debian GNU/Linux",
    PRETTY_NAME: String.raw`a "b" $c \ \d`,
    HASH: "a#b",
    OPEN: "never closed",
    BLANKS: "Two Words",
    EMPTY: "",
    EMPTY_QUOTES: "",
  });
});

t.test(
  "reads what a shell reads",
  { skip: existsSync("/bin/sh") ? false : "there is no shell" },
  async (t) => {
    const made = (quote: string, ...pieces: string[]) =>
      fc.array(fc.constantFrom(...pieces)).map((all) => `${quote}${all.join("")}${quote}`);
    const escapes = ["\\\\", '\\"', "\\$", "\\`", "\\a"];
    const word = fc.oneof(
      made('"', "a", " ", "#", "'", "=", ...escapes),
      made("'", "a", " ", "#", '"', "\\", "$", "`"),
      made("", "a", "é", "=", "/", "\\ ", "\\'", ...escapes),
    );
    // Blanks at either end do not count here, so there are none.
    const value = fc.array(word).map((words) => `x${words.join("")}x`);
    const file = fc.sample(value, 500).map((text, number) => `V${number}=${text}\n`);
    const path = join(t.testdir(), "os-release");
    writeFileSync(path, file.join(""));
    const print = file.map((_, number) => `printf '%s\\n' "$V${number}"\n`).join("");
    const read = execFileSync("/bin/sh", { input: `. '${path}'\n${print}`, encoding: "utf8" });
    t.same([...parseAssignments(file.join("")).values()], read.split("\n").slice(0, -1));
  },
);

t.test(
  "is not misled by a byte order mark, by Windows' line ends, or by names of objects' members",
  async (t) => {
    const assignments = parseAssignments(
      '\ufeffID=debian\r\nVERSION_ID="12"\r\n__proto__=x\r\nconstructor=y\r\n',
    );
    t.same(osReleaseOf(assignments), { id: "debian", versionId: "12" });
    t.same(osReleaseOf(parseAssignments("")), {});
  },
);

const lookAt = (tree: Tree) =>
  openLook({
    root: machineTree(t, tree),
    reads: ["/etc/os-release", "/usr/lib/os-release", "/etc/debian_version"],
  });

t.test("believes /etc before /usr/lib, unless it says nothing", async (t) => {
  const vendors = { "/usr/lib/os-release": "ID=vendor\nNAME=Vendor\n" };
  const idIn = (tree: Tree) => readOsRelease(lookAt(tree)).id;
  t.equal(idIn({ ...vendors, "/etc/os-release": "ID=own\n" }), "own");
  t.same(
    readOsRelease(lookAt({ ...vendors, "/etc/os-release": "ID=own\n" })),
    { id: "own" },
    "and does not mix",
  );
  t.equal(idIn({ ...vendors, "/etc/os-release": { link: "../usr/lib/os-release" } }), "vendor");
  t.equal(idIn({ ...vendors, "/etc/os-release": "nothing at all\n" }), "vendor");
  t.equal(idIn(vendors), "vendor");
  t.equal(idIn({}), undefined);
});

t.test("tells Debian's point release, and no other system's", async (t) => {
  const versionIn = (osRelease: string, debianVersion?: string) => {
    const look = lookAt({
      "/etc/os-release": osRelease,
      ...(debianVersion === undefined ? {} : { "/etc/debian_version": debianVersion }),
    });
    return readOsVersion(look, readOsRelease(look));
  };
  t.equal(versionIn("ID=debian\nVERSION_ID=12\n", "12.11\n"), "12.11");
  t.equal(versionIn("ID=raspbian\nVERSION_ID=8\n", "8.0\n"), "8.0");
  t.equal(versionIn("ID=debian\nVERSION_ID=12\n"), "12");
  t.equal(versionIn("ID=debian\nVERSION_ID=1\n", "12.11\n"), "1", "12 does not begin with version 1");
  t.equal(versionIn("ID=debian\nVERSION_ID=13\n", "trixie/sid\n"), "13", "shortly before the release");
  t.equal(versionIn("ID=debian\n", "trixie/sid\n"), "trixie/sid");
  t.equal(versionIn("ID=debian\n", "two words\n"), undefined);
  t.equal(versionIn("ID=debian\n"), undefined);
  t.equal(versionIn("ID=ubuntu\nVERSION_ID=25.10\n", "25.10.1\n"), "25.10");
  t.equal(versionIn("ID=kali\n", "kali-rolling\n"), undefined);
});

t.test("never fails, and tells texts only", async () => {
  const piece = fc.constantFrom(
    "ID",
    "NAME",
    "=",
    '"',
    "'",
    "\\",
    "#",
    " ",
    "\n",
    "\r",
    "$",
    "a",
    "\u{1f600}",
    "\0",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(text, text, (osRelease, debianVersion) => {
      const release = osReleaseOf(parseAssignments(osRelease));
      const told = [...Object.values(release), nameOf(release), debianVersionOf(release, debianVersion)];
      return told.every((value) => value === undefined || (typeof value === "string" && value !== ""));
    }),
    { numRuns: 300 },
  );
});

/** What each says of itself, read by a person: id, name, version. */
const recorded: Readonly<Record<string, readonly (string | undefined)[]>> = {
  alma_10: ["almalinux", "AlmaLinux", "10.0"],
  alpine_3_23: ["alpine", "Alpine Linux", "3.23.2"],
  amazon_2018: ["amzn", "Amazon Linux AMI", "2018.03"],
  antergos: ["antergos", "Antergos Linux", undefined],
  archarm: ["archarm", "Arch Linux ARM", undefined],
  buildroot: ["buildroot", "Buildroot", "2019.02.9"],
  centos_7: ["centos", "CentOS Linux", "7"],
  coreos: ["coreos", "CoreOS", "766.3.0"],
  cumulus_5_12: ["cumulus-linux", "Cumulus Linux", "5.12.1"],
  debian_7: ["debian", "Debian GNU/Linux", "7"],
  "facter-redhat-with-comment": ["rhel", "Red Hat Enterprise Linux", "8.6"],
  "facter-solaris": [undefined, undefined, undefined],
  fedora_43: ["fedora", "Fedora Linux", "43"],
  gardenlinux: ["hce", "Huawei Cloud EulerOS", "2.0"],
  hce_2: ["hce", "Huawei Cloud EulerOS", "2.0"],
  kali_2025_4: ["kali", "Kali GNU/Linux", "2025.4"],
  mageia_9: ["mageia", "Mageia", "9"],
  nexus_7: ["nexus", "Nexus", "7.0(BUILDER)"],
  nobara: ["nobara", "Nobara Linux", "40"],
  opensuse_13: ["opensuse", "openSUSE", "13.2"],
  openwrt_2203: ["openwrt", "OpenWrt", "22.03.4"],
  photon_1: ["photon", "VMware Photon", "1.0"],
  raspbian_8: ["raspbian", "Raspbian GNU/Linux", "8"],
  scientific_7: ["scientific", "Scientific Linux", "7.5"],
  sled_12_3: ["sled", "SLED", "12.3"],
  steamos: ["steamos", "SteamOS", "3.7.16"],
  "syft-missing-id": [undefined, "Debian GNU/Linux", "8"],
  ubios: ["ubios", "UbiOS", "v1.12.24.4315-136ee7c"],
  ubuntu_2510: ["ubuntu", "Ubuntu", "25.10"],
  wolfi: ["wolfi", "Wolfi", "20230201"],
  xbian: ["raspbian", "XBian", "1.0"],
  zorin: ["zorin", "Zorin OS", "16"],
};

t.test("reads what real systems say of themselves", { skip: withoutRecords }, async (t) => {
  const read = readdirSync(recordAt("os-release")).map((file) => {
    const release = osReleaseOf(parseAssignments(record(`os-release/${file}`).toString()));
    return [file, [release.id, nameOf(release), release.versionId]] as const;
  });
  t.strictSame(Object.fromEntries(read), recorded);
});
