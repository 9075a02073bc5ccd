/** Collector of section `personal-software.pip`: Python's packages of a person, whichever program installed them. */
import { defineHomeCollector, type Look, present } from "../collecting/collector.ts";
import { pythonPackagesBelow } from "../linux/python-packages.ts";

const libraries = ["~/.local/lib", "~/miniconda3/lib", "~/miniforge3/lib", "~/anaconda3/lib"] as const;
/** Folders with one for each environment. */
const environments = [
  "~/.local/share/pipx/venvs",
  "~/.local/pipx/venvs",
  "~/.local/share/uv/tools",
  "~/.pyenv/versions",
] as const;
const mostEnvironments = 200;

export const collector = defineHomeCollector({
  section: "personal-software.pip",
  platforms: {
    linux: {
      homes: [...libraries, ...environments],
      collect(home) {
        const places = [...libraries, ...environments.flatMap((folder) => librariesIn(home, folder))];
        const packages = places.flatMap((place) => pythonPackagesBelow(home, place));
        if (packages.length === 0) return { nothing: "none" };
        return {
          document: { packages: packages.map(({ name, version, purl }) => present({ name, version, purl })) },
        };
      },
    },
  },
});

function librariesIn(home: Look, folder: string): string[] {
  return home
    .names(folder)
    .slice(0, mostEnvironments)
    .map((name) => `${folder}/${name}/lib`);
}
