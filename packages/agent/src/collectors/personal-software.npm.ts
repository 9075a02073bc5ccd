/** Collector of section `personal-software.npm`: what `npm -g` installed for a person, by any manager of Node versions. */
import { defineHomeCollector, type Look, present } from "../collecting/collector.ts";
import { npmPackagesIn } from "../linux/npm-packages.ts";

const folders = [
  "~/.npm-global/lib/node_modules",
  "~/.npm-packages/lib/node_modules",
  "~/.local/lib/node_modules",
  "~/.bun/install/global/node_modules",
  "~/n/lib/node_modules",
] as const;
/** Folders with one for each version of Node, and where its packages are there. */
const versions = [
  ["~/.nvm/versions/node", "lib/node_modules"],
  ["~/.local/share/fnm/node-versions", "installation/lib/node_modules"],
] as const;
const mostVersions = 100;

export const collector = defineHomeCollector({
  section: "personal-software.npm",
  platforms: {
    linux: {
      homes: [...folders, ...versions.map(([folder]) => folder)],
      collect(home) {
        const places = [...folders, ...versions.flatMap((each) => foldersOf(home, each))];
        const packages = places.flatMap((place) => npmPackagesIn(home, place));
        if (packages.length === 0) return { nothing: "none" };
        return {
          document: { packages: packages.map(({ name, version, purl }) => present({ name, version, purl })) },
        };
      },
    },
  },
});

function foldersOf(home: Look, [folder, below]: readonly [string, string]): string[] {
  return home
    .names(folder)
    .slice(0, mostVersions)
    .map((name) => `${folder}/${name}/${below}`);
}
