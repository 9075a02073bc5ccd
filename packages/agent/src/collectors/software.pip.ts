/** Collector of section `software.pip`: Python's packages of the whole machine, whoever installed them. */
import { defineCollector } from "../collecting/collector.ts";
import { pythonPackagesBelow } from "../linux/python-packages.ts";

/** Folders with one for each version of Python. */
const libraries = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"] as const;
/** An environment for each program. */
const pipx = "/opt/pipx/venvs";
const mostEnvironments = 500;

export const collector = defineCollector({
  section: "software.pip",
  platforms: {
    linux: {
      reads: [...libraries, pipx],
      collect(look) {
        const environments = look.names(pipx).slice(0, mostEnvironments);
        const places = [...libraries, ...environments.map((name) => `${pipx}/${name}/lib`)];
        const packages = places.flatMap((place) => pythonPackagesBelow(look, place));
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});
