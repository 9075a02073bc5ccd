/** Collector of section `software.appimage`: AppImages where everybody finds them, without opening them. */
import { defineCollector, present } from "../collecting/collector.ts";
import { type AppImage, appImagesIn, type MenuEntry, menuEntries } from "../linux/appimages.ts";

const folders = ["/Applications", "/opt", "/usr/local/bin"] as const;
const menus = ["/usr/share/applications", "/usr/local/share/applications"] as const;

export const collector = defineCollector({
  section: "software.appimage",
  platforms: {
    linux: {
      reads: [...folders, ...menus],
      collect(look) {
        const inOpt = look.names("/opt").map((name) => `/opt/${name}`);
        const below = inOpt.filter(
          (path) => look.link(path) === undefined && look.stat(path)?.kind === "folder",
        );
        const found = [...folders, ...below].flatMap((folder) => appImagesIn(look, folder));
        if (found.length === 0) return { nothing: "none" };
        const entries = menuEntries(look, menus);
        return { document: { packages: found.map((each) => withEntry(each, entries.get(each.file))) } };
      },
    },
  },
});

/** A menu's name is the program's own, a file's often somebody's. */
const withEntry = (found: AppImage, entry: MenuEntry | undefined): AppImage =>
  entry
    ? { ...found, ...present({ name: entry.name ?? found.name, version: entry.version ?? found.version }) }
    : found;
