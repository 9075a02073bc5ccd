/** Collector of section `software.flatpak`: what `flatpak list --system` lists. */
import { defineCollector } from "../collecting/collector.ts";
import { flatpaksIn } from "../linux/flatpaks.ts";

const folders = { app: "/var/lib/flatpak/app", runtime: "/var/lib/flatpak/runtime" } as const;

export const collector = defineCollector({
  section: "software.flatpak",
  platforms: {
    linux: {
      reads: Object.values(folders),
      collect(look) {
        const packages = flatpaksIn(look, folders);
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});
