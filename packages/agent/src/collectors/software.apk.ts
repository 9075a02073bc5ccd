/** Collector of section `software.apk`: what apk's database lists. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { type ApkEntry, notAskedFor, parseApkEntries } from "../linux/apk.ts";
import { type OsRelease, osReleaseSources, readOsRelease } from "../linux/os-release.ts";
import { apkUrl } from "../linux/package-url.ts";

/** apk 3 keeps it below /usr. */
const databases = ["/usr/lib/apk/db/installed", "/lib/apk/db/installed"] as const;
const world = "/etc/apk/world";

const MiB = 2 ** 20;
/** It names every file: a desktop of 1,500 packages takes 10 MB. */
const mostBytes = 64 * MiB;

export const collector = defineCollector({
  section: "software.apk",
  platforms: {
    linux: {
      reads: [...databases, world, ...osReleaseSources],
      collect(look) {
        const path = databases.find((database) => look.exists(database));
        if (path === undefined) return { nothing: "none" };
        const text = look.text(path, mostBytes);
        if (text === undefined) return { nothing: "denied" };
        const { entries, nameless } = parseApkEntries(text);
        if (nameless > 0) look.note(`${nameless} entries of apk name no package and were left out`);
        if (entries.length === 0) return { nothing: nameless > 0 ? "failed" : "none" };
        return { document: { packages: packagesOf(entries, look) } };
      },
    },
  },
});

function packagesOf(entries: readonly ApkEntry[], look: Look) {
  const release = readOsRelease(look);
  const asked = look.text(world);
  const isAutomatic = asked === undefined ? undefined : notAskedFor(asked);
  return entries.map((entry) => ({
    ...packageOf(entry, release),
    ...(isAutomatic ? { automatic: isAutomatic(entry) } : {}),
  }));
}

function packageOf(entry: ApkEntry, release: OsRelease) {
  const { name, version, architecture, origin, maintainer, tag, installedSize } = entry;
  return present({
    name,
    version,
    architecture: architecture ?? "unknown",
    source: origin,
    vendor: maintainer,
    repository: tag,
    installedSize,
    purl: apkUrl(entry, release),
  });
}
