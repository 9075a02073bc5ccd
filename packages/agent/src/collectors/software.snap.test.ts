// Section `software.snap`: the revisions in use, by what each says of itself.
import { utimesSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parseSnapYaml } from "../linux/snap-yaml.ts";
import { collected, machineTree } from "../testing/collected.ts";

t.test("tells the snaps in use", async (t) => {
  const file = "/var/lib/snapd/snaps/firefox_3836.snap";
  const root = machineTree(t, {
    "/snap/README": "",
    "/snap/bin/firefox": "",
    "/snap/firefox/current": { link: "3836" },
    "/snap/firefox/3836/meta/snap.yaml":
      "name: firefox\nversion: 122.0-2\narchitectures:\n- amd64\nconfinement: strict\n",
    "/snap/firefox/3779/meta/snap.yaml": "version: 121\n",
    [file]: "x".repeat(1_000),
    "/var/lib/snapd/snap/core22/current": { link: "1122" },
    "/snap/disabled/12/meta/snap.yaml": "version: 1\n",
    "/snap/odd/current": { link: "/home/ada/odd" },
  });
  utimesSync(join(root, file), 0, Date.parse("2024-02-29T12:34:56Z") / 1_000);
  t.same(await collected(t, "software.snap", root), {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        { name: "core22", revision: "1122" },
        {
          name: "firefox",
          version: "122.0-2",
          revision: "3836",
          confinement: "strict",
          architecture: "amd64",
          installedAt: "2024-02-29T12:34:56Z",
          installedSize: 1_000,
        },
      ],
    },
  });
  t.match(await collected(t, "software.snap", {}), { status: "none" });
});

t.test("reads the lines of a snap.yaml that it needs, however they are written", async (t) => {
  t.same(parseSnapYaml("type: base\nversion: '2023.10' # a day\narchitectures: [ amd64, i386 ]\n"), {
    version: "2023.10",
    kind: "base",
    architecture: "amd64",
  });
  t.same(parseSnapYaml('apps:\n  a:\n    version: no\nversion: "1 # 2"\narchitectures:\n  - all\n'), {
    version: "1 # 2",
    architecture: "all",
  });
  t.same(parseSnapYaml("version:\nname: x\n"), {});
  t.same(parseSnapYaml("\0\0"), {});
  const blanks = " ".repeat(2 ** 20);
  t.same(parseSnapYaml(`version: 1${blanks}2`), { version: `1${blanks}2` }, "and however long they are");
});
