/** Collector of section `software.npm`: what `npm -g ls` lists. */
import { defineCollector } from "../collecting/collector.ts";
import { npmPackagesIn } from "../linux/npm-packages.ts";

const folders = ["/usr/lib/node_modules", "/usr/local/lib/node_modules"] as const;

export const collector = defineCollector({
  section: "software.npm",
  platforms: {
    linux: {
      reads: folders,
      collect(look) {
        const packages = folders.flatMap((folder) => npmPackagesIn(look, folder));
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});
