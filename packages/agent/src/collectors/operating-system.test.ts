// Section `operating-system`: from another machine's tree, from this machine, and from whatever stands in the files.
import { readdirSync, utimesSync } from "node:fs";
import { hostname, machine, release, uptime } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { runCollector } from "../collecting/run-collector.ts";
import { collected, machineTree, type Tree } from "../testing/collected.ts";
import { record, recordAt, withoutRecords } from "../testing/records.ts";
import { collector, firstWord, parseTimeZone, parseUptime, wideArchitecture } from "./operating-system.ts";

const debian: Tree = {
  "/usr/lib/os-release": 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\nBUILD_ID=TBD\n',
  "/etc/os-release": { link: "../usr/lib/os-release" },
  "/etc/debian_version": "12.11\n",
  "/etc/hostname": "# set by hand\n\npc-07.example.org # the new one\n",
  "/etc/localtime": { link: "/usr/share/zoneinfo/Europe/Vienna" },
  "/etc/timezone": "Europe/Berlin\n",
};
const kernel: Tree = {
  "/proc/sys/kernel/osrelease": "6.1.0-37-amd64\n",
  "/proc/sys/kernel/arch": "x86_64\n",
  "/proc/sys/kernel/hostname": "of-who-asks\n",
  "/proc/uptime": "1526.59 2242.99\n",
  "/sys/firmware/efi": "folder",
};

t.test("tells another machine's system", async (t) => {
  const root = machineTree(t, { ...debian, ...kernel, "/lost+found": "folder" });
  utimesSync(join(root, "lost+found"), 1_700_000_000, 1_700_000_000);
  const found = await collected(t, "operating-system", root);
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(found.document, {
    id: "debian",
    name: "Debian GNU/Linux",
    version: "12.11",
    kernel: "6.1.0-37-amd64",
    architecture: "x86_64",
    hostname: "pc-07.example.org",
    installedAt: "2023-11-14T22:13:20.000Z",
    bootMode: "uefi",
    timeZone: "Europe/Vienna",
  });
  t.same(found.readings, { uptimeSeconds: 1_526 });
});

t.test("says no more of a kernel that does not run", async (t) => {
  const found = await collected(t, "operating-system", {
    "/etc/os-release": "PRETTY_NAME=Small\nBUILD_ID=r20123\n",
    "/proc/sys/kernel/arch": "x86_64\n",
    "/sys/firmware/dmi/tables/DMI": "",
  });
  t.same(found.document, { name: "Small", build: "r20123", architecture: "x86_64" });
  t.same(found.readings, {});
  t.match(await collected(t, "operating-system", {}), { status: "none", diagnostics: [] });
});

t.test("tells from a 64-bit program what runs it, and from a 32-bit one nothing", async (t) => {
  const program = (bits: number, number: number) =>
    Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, bits, 1, ...Array(12).fill(0), number, 0, ...Array(44).fill(0)]);
  t.equal(wideArchitecture(program(2, 183)), "aarch64");
  t.equal(wideArchitecture(program(1, 3)), undefined);
  const busybox = { "/bin/busybox": program(2, 62), "/bin/sh": { link: "/bin/busybox" } };
  const { document } = await collected(t, "operating-system", { ...debian, ...busybox });
  t.match(document, { architecture: "x86_64" });
});

t.test("tells this machine as its own tools do", async (t) => {
  const facts = {
    platform: "linux",
    agentVersion: "1",
    applications: [],
    server: null,
    location: { level: null },
  } as const;
  const before = Math.floor(uptime());
  const [first, second] = [
    await runCollector(collector, null, facts),
    await runCollector(collector, null, facts),
  ];
  const { installedAt = "2000", bootMode, ...document } = Object(first.document);
  t.match(document, { kernel: release(), hostname: hostname(), architecture: machine() });
  const { uptimeSeconds } = Object(first.readings);
  t.ok(uptimeSeconds >= before && uptimeSeconds <= uptime(), "seconds since the start");
  t.ok(installedAt >= "2000" && Date.parse(installedAt) <= Date.now());
  t.match(String(bootMode), /^(bios|uefi|undefined)$/);
  t.strictSame(second.document, first.document, "the same again");
});

t.test("names time zones as the tz database does", async (t) => {
  const zoneIn = async (tree: Tree) =>
    Object((await collected(t, "operating-system", tree)).document).timeZone;
  t.equal(await zoneIn({ "/etc/localtime": { link: "../usr/share/zoneinfo/right/Etc/GMT+5" } }), "Etc/GMT+5");
  t.equal(
    await zoneIn({ "/etc/timezone": "# zone\nAmerica/Argentina/Buenos_Aires\n" }),
    "America/Argentina/Buenos_Aires",
  );
  t.equal(await zoneIn({ "/etc/localtime": "TZif2", "/etc/timezone": "UTC\n" }), "UTC", "a copy names none");
  t.equal(await zoneIn({ "/etc/localtime": { link: "/etc/elsewhere" } }), undefined);
  t.same(["", "../etc/passwd", "a/b/c/d", "/UTC", "two words", undefined].map(parseTimeZone), Array(6));
});

t.test("tells the locale that is set for everybody", async (t) => {
  const localeIn = async (tree: Tree) =>
    Object((await collected(t, "operating-system", { ...debian, ...tree })).document).locale;
  t.equal(await localeIn({ "/etc/locale.conf": 'LANG="de_AT.UTF-8"\nLC_TIME=C\n' }), "de_AT.UTF-8");
  t.equal(await localeIn({ "/etc/default/locale": "LANG=ca_ES@valencia\n" }), "ca_ES@valencia");
  t.same(
    [await localeIn({ "/etc/locale.conf": "LANG=\nLC_ALL=$(x)\n" }), await localeIn({})],
    [undefined, undefined],
  );
});

/** What some of the recorded systems say besides, read by a person: edition, build, end of support. */
const recorded = {
  alma_10: [undefined, undefined, "2035-06-01T00:00:00.000Z"],
  archarm: [undefined, "rolling", undefined],
  coreos: [undefined, undefined, undefined],
  fedora_43: ["Container Image", undefined, "2026-12-02T00:00:00.000Z"],
  nexus_7: [undefined, undefined, undefined],
  nobara: ["KDE Plasma", undefined, "2025-05-13T00:00:00.000Z"],
  openwrt_2203: [undefined, "r20123-38ccc47687", undefined],
  steamos: ["steamdeck", "20250929.1", undefined],
  ubios: ["UDM.alpinev2", "220623.0827", undefined],
} as const;

t.test("tells edition, build and end of support of real systems", { skip: withoutRecords }, async (t) => {
  const told: Record<string, unknown> = {};
  for (const name of readdirSync(recordAt("os-release"))) {
    const tree = { "/etc/os-release": record(`os-release/${name}`) };
    const { edition, build, supportEnds } = Object((await collected(t, "operating-system", tree)).document);
    if (name in recorded || edition || build || supportEnds) told[name] = [edition, build, supportEnds];
  }
  t.strictSame(told, recorded);
});

t.test("believes nothing that is not whole", async (t) => {
  t.same(["", "x 1", "-5.0 1.0", "1526", "1e9 1"].map(parseUptime), Array(5));
  t.equal(parseUptime("35021.07 0.00"), 35_021);
  t.same(["", "\n\n", "# only comments\n#and more"].map(firstWord), Array(3));
  t.equal(firstWord("\r\n  name other\r\n"), "name");
});

t.test("passes its definition whatever the files hold", async () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.constant(Buffer.from("ID=a\nNAME=b c\n12 ")));
  const paths = [...Object.keys(debian), ...Object.keys(kernel), "/bin/sh", "/etc/machine-id"].filter(
    (path) => path !== "/sys/firmware/efi",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(bytes, { minLength: paths.length, maxLength: paths.length }),
      async (contents) => {
        const tree = Object.fromEntries(paths.map((path, number) => [path, contents[number] ?? ""]));
        const { status } = await collected(t, "operating-system", tree);
        return status === "ok" || status === "none";
      },
    ),
    { numRuns: 100 },
  );
});
