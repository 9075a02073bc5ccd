/** Where RPM packages came from, and whether they were asked for: rpm does not know, dnf and zypper note it. */
import { type Look, present } from "../collecting/collector.ts";
import { type RpmOrigin, readDnfHistory } from "./dnf-history.ts";
import type { RpmPackage } from "./rpm-header.ts";

/** dnf 5's notes, dnf 4's history, zypper's list. */
const paths = {
  reasons: "/usr/lib/sysimage/libdnf5/packages.toml",
  repositories: "/usr/lib/sysimage/libdnf5/nevras.toml",
  history: "/var/lib/dnf/history.sqlite",
  historyLog: "/var/lib/dnf/history.sqlite-wal",
  automatic: "/var/lib/zypp/AutoInstalled",
} as const;

export const rpmOriginSources: readonly string[] = Object.values(paths);

const mostBytes = 16 * 2 ** 20;

/** The first of them that knows anything. */
export function readRpmOrigins(look: Look): (found: RpmPackage) => RpmOrigin {
  const reasons = look.text(paths.reasons, mostBytes);
  if (reasons !== undefined) return byNotes(reasons, look.text(paths.repositories, mostBytes) ?? "");
  const history = readDnfHistory(look, paths.history, paths.historyLog);
  if (history) return (found) => history.get(nevraOf(found)) ?? {};
  const automatic = look.text(paths.automatic);
  if (automatic === undefined) return () => ({});
  const names = new Set(automatic.split("\n").map((line) => line.trim()));
  return ({ name }) => ({ automatic: names.has(name) });
}

function byNotes(reasons: string, repositories: string): (found: RpmPackage) => RpmOrigin {
  const reasonOf = parseNotes(reasons, "reason");
  const repositoryOf = parseNotes(repositories, "from_repo");
  return (found) =>
    present({
      repository: repositoryOf.get(nevraOf(found)) || undefined,
      automatic: isAutomatic.get(reasonOf.get(`${found.name}.${found.architecture}`) ?? ""),
    });
}

/** dnf's reasons (libdnf5/transaction/transaction_item_reason.hpp); others say nothing. */
const isAutomatic: ReadonlyMap<string, boolean> = new Map([
  ["Dependency", true],
  ["Weak Dependency", true],
  ["User", false],
  ["Group", false],
  ["External User", false],
]);

/** Lines such as `"pkg.x86_64" = {reason="User"}`, as dnf writes its notes. */
export function parseNotes(toml: string, key: string): ReadonlyMap<string, string> {
  const line = new RegExp(`^"([^"]+)" *= *\\{ *${key} *= *"([^"]*)" *\\}`);
  const notes = new Map<string, string>();
  for (const each of toml.split("\n")) {
    const [, name, value] = line.exec(each) ?? [];
    if (name !== undefined && value !== undefined) notes.set(name, value);
  }
  return notes;
}

/** `name-epoch:version-release.architecture`, without an epoch of zero. */
function nevraOf({ name, epoch, version, release, architecture }: RpmPackage): string {
  return `${name}-${epoch === undefined ? "" : `${epoch}:`}${version}-${release}.${architecture}`;
}
