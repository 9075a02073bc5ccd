// Which macOS it is, from a tree of its files.
import { utimesSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { collected, machineTree } from "../testing/collected.ts";

const facts = { platform: "darwin" } as const;
const version = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
  <key>ProductBuildVersion</key><string>23E224</string>
  <key>ProductName</key><string>macOS</string>
  <key>ProductUserVisibleVersion</key><string>14.4.1</string>
  <key>ProductVersion</key><string>14.4.1</string>
</dict></plist>`;

t.test("tells name, version, build, installation and time zone", async (t) => {
  const root = machineTree(t, {
    "/System/Library/CoreServices/SystemVersion.plist": version,
    "/var/db/.AppleSetupDone": "",
    "/etc/localtime": { link: "/var/db/timezone/zoneinfo/Europe/Vienna" },
  });
  utimesSync(join(root, "var/db/.AppleSetupDone"), 0, Date.UTC(2023, 4, 6) / 1_000);
  const { document, readings } = await collected(t, "operating-system", root, { facts });
  t.same(document, {
    id: "macos",
    name: "macOS",
    version: "14.4.1",
    build: "23E224",
    installedAt: "2023-05-06T00:00:00.000Z",
    timeZone: "Europe/Vienna",
  });
  t.same(readings, {});
});

t.test("says nothing of a tree that is none of macOS", async (t) => {
  t.equal(
    (await collected(t, "operating-system", { "/etc/os-release": "ID=debian\n" }, { facts })).status,
    "none",
  );
});
