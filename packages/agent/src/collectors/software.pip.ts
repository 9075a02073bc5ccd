/** Collector of section `software.pip`: Python's packages of the whole machine, whoever installed them. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { pythonPackagesIn } from "../linux/python-packages.ts";

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
        const folders = places.flatMap((place) => packageFolders(look, place));
        const packages = folders.flatMap((folder) => pythonPackagesIn(look, folder));
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

/** Debian calls its own `dist-packages`; /lib64 is a link to /lib in most environments, and not looked at. */
function packageFolders(look: Look, library: string): string[] {
  return look
    .names(library)
    .filter((name) => /^python\d(?:\.\d{1,2})?$/.test(name))
    .flatMap((name) => ["site-packages", "dist-packages"].map((kind) => `${library}/${name}/${kind}`));
}
