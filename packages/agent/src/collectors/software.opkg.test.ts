// Section `software.opkg`: what opkg's status file calls installed.
import t from "tap";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";

const statusFile = "/usr/lib/opkg/status";

t.test("tells what is installed, and all that is known of it", async (t) => {
  const status = `Package: luci
Version: 23.05.3
Depends: libc
Status: install user installed
Architecture: all
Source: feeds/luci
Maintainer: OpenWrt LuCI community
Installed-Size: 12345
Installed-Time: 1709210096

Package: libc
Version: 1.2.4-4
Status: install ok installed
Auto-Installed: yes

Package: gone
Version: 1
Status: deinstall user not-installed
`;
  t.same((await collected(t, "software.opkg", { [statusFile]: status })).document, {
    packages: [
      { name: "libc", version: "1.2.4-4", architecture: "unknown", automatic: true },
      {
        name: "luci",
        version: "23.05.3",
        architecture: "all",
        source: "feeds/luci",
        vendor: "OpenWrt LuCI community",
        installedAt: "2024-02-29T12:34:56Z",
        installedSize: 12_345,
        automatic: false,
      },
    ],
  });
});

t.test("tells nothing there from what cannot be read, and from what is no database", async (t) => {
  t.match(await collected(t, "software.opkg", {}), { status: "none" });
  t.match(await collected(t, "software.opkg", { [statusFile]: "" }), { status: "none" });
  t.match(await collected(t, "software.opkg", { [statusFile]: "\0\0\0" }), { status: "failed" });
  t.match(await collected(t, "software.opkg", { [statusFile]: "folder" }), { status: "denied" });
});

t.test("tells the record of a real one", { skip: withoutRecords }, async (t) => {
  const file = record("packages/opkg-status");
  const { document } = await collected(t, "software.opkg", { "/var/lib/opkg/status": file });
  t.match(document, { packages: [{ name: "busybox" }, { name: "dropbear", version: "2024.85-r0" }, {}] });
});
