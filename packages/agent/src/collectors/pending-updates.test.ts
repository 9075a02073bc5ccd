// Section `pending-updates`: what apt would install, told from a machine that does not know; starts and settings.
import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import t from "tap";
import { parseAptConfig } from "../linux/apt-config.ts";
import { isForSecurity } from "../linux/automatic-updates.ts";
import { compareKernels } from "../linux/reboot.ts";
import { collected, type Tree } from "../testing/collected.ts";

const paragraph = (name: string, version: string, more = "") =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\n${more}Filename: pool/${name}\n`;
const installed = (name: string, version: string, want = "install") =>
  `Package: ${name}\nStatus: ${want} ok installed\nArchitecture: amd64\nVersion: ${version}\nDescription: x\n Status: y\n`;

const lists = "/var/lib/apt/lists";
const host = `${lists}/deb.example.org_debian`;
const main = [paragraph("curl", "7.88-1"), paragraph("vim", "9.0-2"), paragraph("other", "5")].join("\n");
const apt: Tree = {
  "/var/lib/dpkg/status": [
    installed("curl", "7.88-1"),
    installed("vim", "9.0-1"),
    installed("kept", "1", "hold"),
    installed("gone", "1").replace("ok installed", "ok config-files"),
    installed("phased", "1"),
  ].join("\n"),
  [`${host}_dists_bookworm_InRelease`]: "Origin: Debian\nSuite: stable\n",
  [`${host}_dists_bookworm_main_binary-amd64_Packages`]: main,
  [`${host}-security_dists_bookworm-security_InRelease`]: "Label: Debian-Security\n",
  [`${host}-security_dists_bookworm-security_main_binary-amd64_Packages`]: [
    paragraph("curl", "7.88-2"),
    paragraph("kept", "2"),
    paragraph("gone", "2"),
    paragraph("phased", "2", "Phased-Update-Percentage: 10\n"),
  ].join("\n"),
};
const [curl, vim] = [
  { name: "curl", architecture: "amd64", installed: "7.88-1", available: "7.88-2", security: true },
  { name: "vim", architecture: "amd64", installed: "9.0-1", available: "9.0-2", security: false },
];

t.test("tells what apt would install, the security updates apart", async (t) => {
  const found = await collected(t, "pending-updates", apt);
  t.same([found.status, found.diagnostics], ["ok", []]);
  const { checkedAt, ...document } = Object(found.document);
  t.same(document, { count: 2, securityCount: 1, heldCount: 1, packages: [curl, vim] });
  t.match(checkedAt, /T00:00:00/);
});

t.test("reads compressed lists, and gives no number where one cannot be read", async (t) => {
  const { [`${host}_dists_bookworm_main_binary-amd64_Packages`]: _, ...rest } = apt;
  const compressed = { ...rest, [`${host}_dists_bookworm_main_binary-amd64_Packages.gz`]: gzipSync(main) };
  t.match((await collected(t, "pending-updates", compressed)).document, { count: 2, packages: [curl, vim] });
  const broken = { ...rest, [`${host}_dists_bookworm_main_binary-amd64_Packages.lz4`]: "no frame" };
  const found = await collected(t, "pending-updates", broken);
  const { checkedAt: _at, ...document } = Object(found.document);
  t.same(document, { heldCount: 1, packages: [curl] });
  t.same(found.diagnostics, [`${host}_dists_bookworm_main_binary-amd64_Packages.lz4: no LZ4 frame`]);
});

t.test("does not take a machine that never asked for one that is up to date", async (t) => {
  const { "/var/lib/dpkg/status": status = "" } = apt;
  const asked = await collected(t, "pending-updates", {
    "/var/lib/dpkg/status": status,
    "/etc/apt/apt.conf": 'APT::Periodic::Enable "0";\n',
  });
  t.same(asked.document, { automatic: [{ tool: "apt", mode: "off" }] });
  t.same(asked.diagnostics, [`${lists}: holds no lists; which updates there are is not known`]);
  t.match(await collected(t, "pending-updates", {}), { status: "none", diagnostics: [] });
});

const rebootOf = async (tree: Tree) => {
  const { reboot, rebootFor } = Object((await collected(t, "pending-updates", tree)).document);
  return [reboot, rebootFor];
};

t.test("tells that a start is needed, and for what", async (t) => {
  const running = { "/proc/sys/kernel/osrelease": "6.1.0-9-amd64\n" };
  const kernel = (name: string) => ({ [`/boot/vmlinuz-${name}`]: "" });
  t.same(
    await rebootOf({ "/run/reboot-required": "", "/run/reboot-required.pkgs": "libc6\ndbus\nlibc6\n" }),
    ["needed", ["dbus", "libc6"]],
  );
  t.same(await rebootOf({ ...running, ...kernel("6.1.0-9-amd64") }), ["not-needed", undefined]);
  t.same(await rebootOf({ ...running, ...kernel("6.1.0-9-amd64"), ...kernel("6.1.0-37-amd64") }), [
    "needed",
    ["kernel 6.1.0-37-amd64"],
  ]);
  t.same(
    await rebootOf({
      ...running,
      ...kernel("6.1.0-37-cloud-amd64"),
      "/usr/lib/modules/6.9.1-arch1-1/vmlinuz": "",
    }),
    [undefined, undefined],
    "of another kind",
  );
  t.same(
    await rebootOf({
      "/proc/sys/kernel/osrelease": "6.9.1-arch1-1",
      "/usr/lib/modules/6.9.3-arch1-1/vmlinuz": "",
    }),
    ["needed", ["kernel 6.9.3-arch1-1"]],
  );
  const order = [
    "5.14.0-427.el9.x86_64",
    "5.14.0-427.13.1.el9_4.x86_64",
    "5.14.0-503.el9.x86_64",
    "6.1.0-9",
    "6.1.0-37",
  ];
  t.same(order.toReversed().sort(compareKernels), order);
});

const automaticOf = async (tree: Tree) =>
  Object((await collected(t, "pending-updates", tree)).document).automatic;

t.test("tells what is installed by itself", async (t) => {
  const unattended: Tree = {
    "/usr/bin/unattended-upgrade": "",
    "/etc/apt/apt.conf.d/20auto-upgrades":
      'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
    "/etc/apt/apt.conf.d/50unattended-upgrades":
      'Unattended-Upgrade::Allowed-Origins {\n\t"Ubuntu:noble";\n\t"Ubuntu:noble-security"; // x\n//\t"Ubuntu:noble-updates";\n};\n',
  };
  t.same(await automaticOf(unattended), [{ tool: "unattended-upgrades", mode: "security" }]);
  t.same(
    await automaticOf({
      ...unattended,
      "/etc/apt/apt.conf.d/99local": 'Unattended-Upgrade::Allowed-Origins:: "x:y-updates";',
    }),
    [{ tool: "unattended-upgrades", mode: "all" }],
  );
  t.same(
    await automaticOf({
      ...unattended,
      "/etc/apt/apt.conf.d/99local.dpkg-old": 'APT::Periodic::Enable "0";',
      "/etc/apt/apt.conf": 'APT { Periodic { Unattended-Upgrade "0"; }; };',
    }),
    [{ tool: "apt", mode: "check" }],
  );
  const wants = "/etc/systemd/system/timers.target.wants";
  const dnf = { "/etc/dnf/automatic.conf": "[commands]\nupgrade_type = security\napply_updates = yes\n" };
  t.same(await automaticOf(dnf), [{ tool: "dnf-automatic", mode: "off" }]);
  t.same(await automaticOf({ ...dnf, [`${wants}/dnf-automatic.timer`]: "" }), [
    { tool: "dnf-automatic", mode: "security" },
  ]);
  t.same(await automaticOf({ ...dnf, [`${wants}/dnf-automatic-download.timer`]: "" }), [
    { tool: "dnf-automatic", mode: "download" },
  ]);
  t.same(
    await automaticOf({
      "/etc/yum/yum-cron.conf":
        "[commands]\nupdate_cmd = default\napply_updates = no\ndownload_updates = yes\n",
      "/etc/rpm-ostreed.conf": "[Daemon]\n#AutomaticUpdatePolicy=none\nAutomaticUpdatePolicy=stage\n",
    }),
    [
      { tool: "rpm-ostree", mode: "download" },
      { tool: "yum-cron", mode: "download" },
    ],
  );
});

t.test("reads apt's settings in both of its ways of writing", (t) => {
  const text = '# c\nA::B "1"; /* x\ny */ A { C "2"; D { "one"; "two"; }; };\nA::D:: "three"; broken { ';
  t.same(
    [...parseAptConfig([text])],
    [
      ["a::b", ["1"]],
      ["a::c", ["2"]],
      ["a::d", ["one", "two", "three"]],
    ],
  );
  t.same(
    [["origin=Debian,codename=x,label=Debian-Security"], ["origin=Debian,codename=x,label=Debian"], []].map(
      isForSecurity,
    ),
    [true, false, true],
  );
  t.end();
});

const listed = spawnSync("/usr/bin/apt", ["list", "--upgradable"], {
  encoding: "utf8",
  env: { LC_ALL: "C" },
});
const noApt = listed.status === 0 ? false : "apt is not installed here";

t.test("tells this machine's as apt does, to the last one", { skip: noApt }, async (t) => {
  const theirs = listed.stdout.split("\n").flatMap((line) => {
    const [, name, version, architecture] = /^([^/\s]+)\/\S+ (\S+) (\S+) \[upgradable/.exec(line) ?? [];
    return name === undefined ? [] : [`${name} ${architecture} ${version}`];
  });
  const { document } = await collected(t, "pending-updates", null);
  const packages: { name: string; architecture: string; available: string }[] =
    Object(document).packages ?? [];
  const ours = packages.map(({ name, architecture, available }) => `${name} ${architecture} ${available}`);
  t.same(ours.sort(), theirs.sort());
});

t.test("passes its definition whatever the files hold", async () => {
  const word = fc.constantFrom(
    "Package: a\n",
    "Version: ",
    "1",
    "\n",
    "Status: install ok installed\n",
    "Architecture: amd64\n",
    "{",
    '"',
    "::",
    ";",
    "APT",
    " ",
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 16 }).map((words) => words.join("")),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(text, text, text, async (status, list, config) => {
      const tree = {
        "/var/lib/dpkg/status": status,
        [`${host}_Packages`]: list,
        "/etc/apt/apt.conf": config,
        "/run/reboot-required.pkgs": list,
        "/proc/sys/kernel/osrelease": config,
      };
      return (await collected(t, "pending-updates", tree)).status === "ok";
    }),
    { numRuns: 60 },
  );
});
