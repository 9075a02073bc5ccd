// Section `software.appimage`: AppImages by their files' names and the menus that name them.
import { utimesSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { namedBy, parseMenuEntry } from "../linux/appimages.ts";
import { collected, machineTree } from "../testing/collected.ts";

t.test("tells AppImages of the whole machine, and nobody's own", async (t) => {
  const files = [
    "/opt/Inkscape-1.3.2-x86_64.AppImage",
    "/opt/tools/nvim.appimage",
    "/usr/local/bin/a-b.AppImage",
  ];
  const root = machineTree(t, {
    ...Object.fromEntries(files.map((file) => [file, "\x7fELF"])),
    "/opt/linked.AppImage": { link: "/home/ada/linked.AppImage" },
    "/opt/folder.AppImage": "folder",
    "/opt/home": { link: "/home/ada" },
    "/home/ada/own.AppImage": "",
    "/home/ada/linked.AppImage": "",
    "/usr/share/applications/nvim.desktop":
      '[Desktop Entry]\nName=Neovim\nX-AppImage-Version=0.9.5\nExec="/opt/tools/nvim.appimage" %F\n[Desktop Action]\nName=no\n',
    "/usr/share/applications/other.desktop": "[Desktop Entry]\nName=Other\nExec=/usr/bin/other\n",
  });
  for (const file of files) utimesSync(join(root, file), 0, Date.parse("2024-02-29T12:34:56Z") / 1_000);
  const dated = { installedAt: "2024-02-29T12:34:56Z", installedSize: 4 };
  t.same(await collected(t, "software.appimage", root), {
    status: "ok",
    diagnostics: [],
    readings: {},
    document: {
      packages: [
        {
          file: "Inkscape-1.3.2-x86_64.AppImage",
          name: "Inkscape",
          version: "1.3.2",
          architecture: "x86_64",
          ...dated,
        },
        { file: "a-b.AppImage", name: "a-b", ...dated },
        { file: "nvim.appimage", name: "Neovim", version: "0.9.5", ...dated },
      ],
    },
  });
  t.match(await collected(t, "software.appimage", {}), { status: "none" });
});

t.test("takes file names apart, and guesses nothing", async (t) => {
  t.same(namedBy("Nextcloud-3.11.0-rc1-aarch64.AppImage"), {
    name: "Nextcloud",
    version: "3.11.0-rc1",
    architecture: "aarch64",
  });
  t.same(namedBy("My_App v2.0.AppImage"), { name: "My_App", version: "2.0" });
  t.same(namedBy("balenaEtcher-1.18.11-x64.AppImage"), {
    name: "balenaEtcher",
    version: "1.18.11",
    architecture: "x64",
  });
  t.same(namedBy("7zip.AppImage"), { name: "7zip" });
  t.same(namedBy(`${"-1.1".repeat(60)}.AppImage`).name.length > 0, true);
});

t.test("reads of a menu's entry what starts an AppImage", async (t) => {
  t.same(parseMenuEntry("[Desktop Entry]\nExec=env A=1 /opt/x y/Z.AppImage --no-sandbox\n"), {
    file: "Z.AppImage",
  });
  t.equal(parseMenuEntry("[Desktop Entry]\nExec=sh -c 'x.AppImage'\n"), undefined);
  t.equal(parseMenuEntry("\0"), undefined);
});
