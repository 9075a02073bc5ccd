/** Collector of section `personal-software.flatpak`: what `flatpak list --user` lists. */
import { defineHomeCollector } from "../collecting/collector.ts";
import { flatpaksIn } from "../linux/flatpaks.ts";

const folders = { app: "~/.local/share/flatpak/app", runtime: "~/.local/share/flatpak/runtime" } as const;

export const collector = defineHomeCollector({
  section: "personal-software.flatpak",
  platforms: {
    linux: {
      homes: Object.values(folders),
      collect(home) {
        // Several people may have the same one since different days: that of the first would come and go.
        const packages = flatpaksIn(home, folders).map(
          ({ installedAt, installedSize, ...flatpak }) => flatpak,
        );
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});
