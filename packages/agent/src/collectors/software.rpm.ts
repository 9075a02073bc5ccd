/** Collector of section `software.rpm`: what `rpm -qa` lists, from rpm's database itself. */

import { defineCollector, type Look, present } from "../collecting/collector.ts";
import type { RpmOrigin } from "../linux/dnf-history.ts";
import { credibleInstant } from "../linux/installed-at.ts";
import { type OsRelease, osReleaseSources, readOsRelease } from "../linux/os-release.ts";
import { rpmUrl } from "../linux/package-url.ts";
import { readRpmDatabase, rpmFolders } from "../linux/rpm-database.ts";
import type { RpmPackage } from "../linux/rpm-header.ts";
import { readRpmOrigins, rpmOriginSources } from "../linux/rpm-origins.ts";
import { parseRpmQuery, rpmProgram, rpmQuery } from "../linux/rpm-query.ts";

const MiB = 2 ** 20;
/** A hundred thousand packages. */
const queryLimits = { milliseconds: 10_000, maxBytes: 32 * MiB } as const;

export const collector = defineCollector({
  section: "software.rpm",
  platforms: {
    linux: {
      reads: [...rpmFolders, ...rpmOriginSources, ...osReleaseSources],
      programs: [rpmProgram],
      async collect(look) {
        const database = readRpmDatabase(look);
        if (!database) return { nothing: "none" };
        const found = database.isDamaged ? await fullerOf(database.packages, look) : database.packages;
        const packages = found.filter(({ name }) => name !== signersKey);
        if (packages.length === 0) return { nothing: database.isDamaged ? "failed" : "none" };
        const release = readOsRelease(look);
        const originOf = readRpmOrigins(look);
        return { document: { packages: packages.map((each) => packageOf(each, originOf(each), release)) } };
      },
    },
  },
});

/** rpm keeps the keys that it trusts among the packages. */
const signersKey = "gpg-pubkey";

/** rpm itself may read more of a damaged database. */
async function fullerOf(packages: readonly RpmPackage[], look: Look): Promise<readonly RpmPackage[]> {
  const printed = await look.run(rpmProgram, rpmQuery, queryLimits);
  const queried = parseRpmQuery(printed?.text ?? "");
  return queried.length > packages.length ? queried : packages;
}

function packageOf(found: RpmPackage, { repository, automatic }: RpmOrigin, release: OsRelease) {
  const { name, epoch, vendor, size, installedAt } = found;
  const version = `${found.version}-${found.release}`;
  return present({
    name,
    version: epoch === undefined ? version : `${epoch}:${version}`,
    architecture: found.architecture ?? "unknown",
    source: sourceOf(found),
    vendor,
    repository,
    installedAt: credibleInstant(installedAt === undefined ? undefined : installedAt * 1_000),
    installedSize: size,
    automatic,
    purl: rpmUrl({ ...found, version }, release),
  });
}

/** `bash-5.1.8-6.el9.src.rpm`: a name may hold dashes, version and release never do. */
function sourceOf({ sourceRpm }: RpmPackage): string | undefined {
  return /^(.+)-[^-]+-[^-]+\.(?:no)?src\.rpm$/.exec(sourceRpm ?? "")?.[1];
}
