/** dpkg's database and what apt keeps beside it: which packages there are, in which state, and why. */
import { present } from "../collecting/collector.ts";
import { parseParagraphs } from "./deb822.ts";

/** What a database says of one package in one architecture. */
export interface DpkgEntry {
  /** In lower case, as dpkg has it. */
  readonly name: string;
  readonly version?: string;
  /** dpkg goes on without, with a warning. */
  readonly architecture?: string;
  /** The third word of Status; undefined where there is no such field. */
  readonly state?: string;
  /** Multi-Arch: same, so that it can be there in several architectures at once. */
  readonly isCoinstallable: boolean;
  /** Name of the source package: the package's own unless it says another. */
  readonly source?: string;
  readonly maintainer?: string;
  /** Bytes. */
  readonly installedSize?: number;
}

const fields: ReadonlySet<string> = new Set([
  "package",
  "version",
  "architecture",
  "status",
  "multi-arch",
  "source",
  "maintainer",
  "installed-size",
]);

export interface DpkgEntries {
  readonly entries: readonly DpkgEntry[];
  /** Paragraphs that name no package and were passed over. */
  readonly nameless: number;
}

/** Reads a status file, or one of those with updates of it. */
export function parseDpkgEntries(text: string): DpkgEntries {
  const entries: DpkgEntry[] = [];
  let nameless = 0;
  for (const paragraph of parseParagraphs(text, "package", fields)) {
    const entry = entryOf(paragraph);
    if (entry) entries.push(entry);
    else nameless++;
  }
  return { entries, nameless };
}

function entryOf(paragraph: ReadonlyMap<string, string>): DpkgEntry | undefined {
  const value = (name: string) => paragraph.get(name) || undefined;
  const name = packageName(value("package"));
  if (name === undefined) return undefined;
  return present({
    name,
    version: oneWord(value("version"), 256),
    architecture: oneWord(value("architecture"), 32),
    state: stateOf(paragraph.get("status")),
    isCoinstallable: value("multi-arch")?.toLowerCase() === "same",
    // `glibc (2.36-9)`: the version stands there where it is not the package's own.
    source: packageName(value("source")?.split("(", 1)[0]?.trim() ?? name),
    maintainer: value("maintainer"),
    installedSize: bytesOf(value("installed-size")),
  });
}

/** Letters, digits and `-+._`, the first a letter or a digit; dpkg takes no other. */
function packageName(text: string | undefined): string | undefined {
  return /^[a-z0-9][a-z0-9+._-]{0,255}$/.exec(text?.toLowerCase() ?? "")?.[0];
}

/** What is longer would be cut, and then name something else. */
function oneWord(text: string | undefined, longest: number): string | undefined {
  return text !== undefined && (text.length > longest || /\s/.test(text)) ? undefined : text;
}

/** Status is `want flag state`, in three words; in no state when it is anything else. */
function stateOf(status: string | undefined): string | undefined {
  if (status === undefined) return undefined;
  const [, , state = "", ...more] = status.toLowerCase().split(/\s+/);
  return more.length > 0 ? "" : state;
}

/** Installed-Size is in KiB. */
function bytesOf(size: string | undefined): number | undefined {
  return size !== undefined && /^\d{1,12}$/.test(size) ? Number(size) * 1024 : undefined;
}

/**
 * The entries that hold after the updates that dpkg has not yet written into its status file (it does so at the
 * end, and when it was interrupted at the next start). A package that cannot be there in two architectures at once
 * takes the place of the one that is.
 */
export function withUpdates(status: readonly DpkgEntry[], updates: readonly DpkgEntry[]): DpkgEntry[] {
  const packages = new Map<string, Map<string, DpkgEntry>>();
  const instancesOf = (name: string) => {
    const instances = packages.get(name) ?? new Map<string, DpkgEntry>();
    packages.set(name, instances);
    return instances;
  };
  for (const entry of status) instancesOf(entry.name).set(entry.architecture ?? "", entry);
  for (const entry of updates) {
    const instances = instancesOf(entry.name);
    if (instances.size === 1 && !entry.isCoinstallable) instances.clear();
    instances.set(entry.architecture ?? "", entry);
  }
  return [...packages.values()].flatMap((instances) => [...instances.values()]);
}

/** dpkg's own architecture: that of its package, else the one that most packages have. */
export function nativeArchitecture(entries: readonly DpkgEntry[]): string | undefined {
  const own = entries.filter(({ name }) => name === "dpkg");
  const counts = new Map<string, number>();
  for (const { architecture = "all" } of own.length > 0 ? own : entries)
    if (architecture !== "all") counts.set(architecture, (counts.get(architecture) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

const autoFields: ReadonlySet<string> = new Set(["package", "architecture", "auto-installed"]);

/**
 * Which packages apt installed because others need them, by its extended_states; packages for all architectures
 * stand there under the native one.
 */
export function parseAutomatic(
  extendedStates: string,
  native: string | undefined,
): (entry: DpkgEntry) => boolean {
  const keyOf = (name: string | undefined, architecture: string | undefined) =>
    `${name}:${architecture === undefined || architecture === "all" ? native : architecture}`;
  const automatic = new Set<string>();
  for (const paragraph of parseParagraphs(extendedStates, "package", autoFields)) {
    const value = (name: string) => paragraph.get(name);
    if (value("auto-installed") === "1") automatic.add(keyOf(value("package"), value("architecture")));
  }
  return ({ name, architecture }) => automatic.has(keyOf(name, architecture));
}
