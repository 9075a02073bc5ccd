/** Collector of section `personal-software.appimage`: AppImages where people keep programs; what they downloaded is theirs. */
import { defineHomeCollector, present } from "../collecting/collector.ts";
import { type AppImage, appImagesIn, type MenuEntry, menuEntries } from "../linux/appimages.ts";

const folders = ["~/Applications", "~/AppImages", "~/.local/bin", "~/bin"] as const;
const menu = "~/.local/share/applications";

export const collector = defineHomeCollector({
  section: "personal-software.appimage",
  platforms: {
    linux: {
      homes: [...folders, menu],
      collect(home) {
        const found = folders.flatMap((folder) => appImagesIn(home, folder));
        if (found.length === 0) return { nothing: "none" };
        const entries = menuEntries(home, [menu]);
        return { document: { packages: found.map((each) => packageOf(each, entries.get(each.file))) } };
      },
    },
  },
});

/** A menu's name is the program's own, a file's often somebody's. */
function packageOf({ file, name, version, architecture }: AppImage, entry: MenuEntry | undefined) {
  return present({ file, name: entry?.name ?? name, version: entry?.version ?? version, architecture });
}
