/** Collector of section `software.pacman`: what `pacman -Q` lists, from the file that it keeps of each package. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { credibleInstant } from "../linux/installed-at.ts";
import { type OsRelease, osReleaseSources, readOsRelease } from "../linux/os-release.ts";
import { packageUrl } from "../linux/package-url.ts";
import { type PacmanPackage, parsePacmanDesc } from "../linux/pacman.ts";

const database = "/var/lib/pacman/local";
const mostBytes = 256 * 1024;

export const collector = defineCollector({
  section: "software.pacman",
  platforms: {
    linux: {
      reads: [database, ...osReleaseSources],
      collect(look) {
        const folders = look.names(database).filter((name) => name !== "ALPM_DB_VERSION");
        const found = folders.flatMap((folder) => readPackage(look, folder) ?? []);
        if (found.length < folders.length)
          look.note(`${folders.length - found.length} packages of pacman could not be read`);
        if (found.length === 0) return { nothing: folders.length > 0 ? "failed" : "none" };
        const release = readOsRelease(look);
        return { document: { packages: found.map((each) => packageOf(each, release)) } };
      },
    },
  },
});

function readPackage(look: Look, folder: string): PacmanPackage | undefined {
  const text = look.text(`${database}/${folder}/desc`, mostBytes);
  return text === undefined ? undefined : parsePacmanDesc(text);
}

function packageOf(found: PacmanPackage, { id }: OsRelease) {
  const { name, version, architecture, base, packager, repository, installedAt, size, isDependency } = found;
  return present({
    name,
    version,
    architecture: architecture ?? "unknown",
    source: base,
    vendor: packager,
    repository,
    installedAt: credibleInstant(installedAt === undefined ? undefined : installedAt * 1_000),
    installedSize: size,
    automatic: isDependency,
    purl: urlOf(found, id),
  });
}

/** `pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64`: a namespace and a version have to be there. */
function urlOf({ name, version, architecture }: PacmanPackage, id: string | undefined): string | undefined {
  if (id === undefined || version === undefined) return undefined;
  return packageUrl({
    type: "alpm",
    namespace: id.toLowerCase(),
    name: name.toLowerCase(),
    version,
    qualifiers: { arch: architecture },
  });
}
