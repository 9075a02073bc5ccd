/**
 * Collector of section `software.deb`: what `dpkg-query -W` calls installed, from the files it reads, and what
 * images without dpkg itself (distroless) list in its place.
 */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import {
  type DpkgEntry,
  nativeArchitecture,
  parseAutomatic,
  parseDpkgEntries,
  withUpdates,
} from "../linux/dpkg.ts";
import { credibleInstant } from "../linux/installed-at.ts";
import { type OsRelease, osReleaseSources, readOsRelease } from "../linux/os-release.ts";
import { debUrl } from "../linux/package-url.ts";

const paths = {
  status: "/var/lib/dpkg/status",
  /** Changes that are not yet in the status file. */
  updates: "/var/lib/dpkg/updates",
  /** A status file for each package, of images that were put together without dpkg. */
  images: "/var/lib/dpkg/status.d",
  /** A list of files for each package, written when that version was installed. */
  info: "/var/lib/dpkg/info",
  extendedStates: "/var/lib/apt/extended_states",
} as const;

const MiB = 2 ** 20;
/** Ten thousand packages take about 10 MB. */
const mostBytes = 64 * MiB;

export const collector = defineCollector({
  section: "software.deb",
  platforms: {
    linux: {
      reads: [...Object.values(paths), ...osReleaseSources],
      collect(look) {
        const status = look.text(paths.status, mostBytes);
        // Half of what there is would pass for a great removal, and so would a file of zeros after a power cut.
        if (status === undefined && look.exists(paths.status)) return { nothing: "denied" };
        const known = read(look, [status ?? ""]);
        if (known.length === 0 && status !== undefined && status.trim() !== "") return { nothing: "failed" };
        const entries = [...entriesOfImage(look), ...withUpdates(known, updates(look))];
        const installed = entries.filter(({ state }) => state === "installed");
        if (installed.length === 0) return { nothing: "none" };
        return { document: { packages: packagesOf(installed, look) } };
      },
    },
  },
});

/** dpkg names its updates with digits, written in their order; what it has not finished writing has another name. */
function updates(look: Look): DpkgEntry[] {
  const names = look.names(paths.updates).filter((name) => /^\d+$/.test(name));
  return read(
    look,
    names.map((name) => look.text(`${paths.updates}/${name}`) ?? ""),
  );
}

/** What an image lists is in it; mostly without a word on its state. */
function entriesOfImage(look: Look): DpkgEntry[] {
  const names = look.names(paths.images).filter((name) => !name.endsWith(".md5sums"));
  return read(
    look,
    names.map((name) => look.text(`${paths.images}/${name}`) ?? ""),
  ).map((entry) => ({ ...entry, state: entry.state ?? "installed" }));
}

function read(look: Look, texts: readonly string[]): DpkgEntry[] {
  const parsed = texts.map(parseDpkgEntries);
  const nameless = parsed.reduce((sum, each) => sum + each.nameless, 0);
  if (nameless > 0) look.note(`${nameless} entries of dpkg name no package and were left out`);
  return parsed.flatMap(({ entries }) => entries);
}

function packagesOf(installed: readonly DpkgEntry[], look: Look) {
  const release = readOsRelease(look);
  const extendedStates = look.text(paths.extendedStates, mostBytes);
  const automatic =
    extendedStates === undefined ? undefined : parseAutomatic(extendedStates, nativeArchitecture(installed));
  const lists = look.changes(paths.info, listEnding);
  return installed.map((entry) => ({
    ...packageOf(entry, release),
    ...present({
      automatic: automatic?.(entry),
      installedAt: credibleInstant(lists.get(listOf(entry)) ?? lists.get(`${entry.name}${listEnding}`)),
    }),
  }));
}

const listEnding = ".list";
/** What can be there in several architectures at once has its architecture in the name. */
const listOf = ({ name, architecture }: DpkgEntry) => `${name}:${architecture}${listEnding}`;

function packageOf(entry: DpkgEntry, release: OsRelease) {
  const { name, version, architecture, source, maintainer, installedSize } = entry;
  return present({
    name,
    version,
    architecture: architecture ?? "unknown",
    source,
    vendor: maintainer,
    installedSize,
    purl: debUrl(entry, release),
  });
}
