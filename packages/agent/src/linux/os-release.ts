/** os-release(5): what the system says of itself, in shell assignments that are read without a shell. */
import { type Look, present } from "../collecting/collector.ts";

/** The first that says anything counts, as os-release(5) has it. */
export const osReleaseSources = ["/etc/os-release", "/usr/lib/os-release"] as const;
/** Debian's own version with the point release, which its os-release lacks. */
export const debianVersionSource = "/etc/debian_version";

export interface OsRelease {
  readonly id?: string;
  readonly name?: string;
  readonly prettyName?: string;
  readonly versionId?: string;
  readonly codename?: string;
  readonly buildId?: string;
  /** Which edition of the system, in words for a person where it has some. */
  readonly variant?: string;
  /** The day, at its beginning, from which its maker makes no updates any more. */
  readonly supportEnds?: string;
}

export function readOsRelease(look: Look): OsRelease {
  for (const source of osReleaseSources) {
    const assignments = parseAssignments(look.text(source) ?? "");
    if (assignments.size > 0) return osReleaseOf(assignments);
  }
  return {};
}

export function osReleaseOf(assignments: ReadonlyMap<string, string>): OsRelease {
  const value = (name: string) => assignments.get(name) || undefined;
  return present({
    id: value("ID"),
    name: value("NAME"),
    prettyName: value("PRETTY_NAME"),
    versionId: value("VERSION_ID"),
    codename: value("VERSION_CODENAME"),
    buildId: value("BUILD_ID"),
    variant: value("VARIANT") ?? value("VARIANT_ID"),
    supportEnds: dayOf(value("SUPPORT_END")),
  });
}

/** `2026-12-02`; undefined when there is no such day. */
function dayOf(text: string | undefined): string | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text ?? "") ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** The name for a person: without the version where the system tells it so. */
export function nameOf({ name, prettyName, id }: OsRelease): string | undefined {
  return name ?? prettyName ?? id;
}

/** The version of the system as `operating-system` and `installation` tell it. */
export function readOsVersion(look: Look, release: OsRelease): string | undefined {
  return hasDebianVersion(release)
    ? debianVersionOf(release, look.text(debianVersionSource))
    : release.versionId;
}

/** Only there does /etc/debian_version speak of the system itself; in a derivative it names the Debian below. */
function hasDebianVersion({ id }: OsRelease): boolean {
  return id === "debian" || id === "raspbian";
}

/**
 * `debianVersion` where it is the same version told more exactly (12, 12.11), or where os-release tells none, as
 * on testing and unstable (trixie/sid). Else VERSION_ID: before a release the file still speaks of the next one.
 */
export function debianVersionOf(
  { versionId }: OsRelease,
  debianVersion: string | undefined,
): string | undefined {
  const [exact = ""] = /^[\w.+~/-]{1,64}$/.exec(debianVersion?.trim() ?? "") ?? [];
  if (versionId === undefined) return exact || undefined;
  return exact.startsWith(`${versionId}.`) ? exact : versionId;
}

/** `NAME=value` lines; of several with one name the last, as in a shell. What is none is passed over. */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const assignments = new Map<string, string>();
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    // A byte order mark is a blank to `trim`.
    const name = line.slice(0, Math.max(0, equals)).trim();
    if (/^[A-Za-z_]\w*$/.test(name)) assignments.set(name, unquote(line.slice(equals + 1)));
  }
  return assignments;
}

/** What may be escaped between double quotes; before anything else a backslash stands for itself. */
const escapable = '"$`\\';

/** A shell word, except that blanks outside quotes belong to it: who forgets the quotes means them. */
function unquote(text: string): string {
  let value = "";
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === quote) quote = "";
    else if (quote === "" && (char === '"' || char === "'")) quote = char;
    else if (char === "\\" && quote !== "'") {
      const next = text.charAt(++at);
      value += quote === "" || escapable.includes(next) ? next : char + next;
    } else if (quote === "" && char === "#" && /\s/.test(text.charAt(at - 1))) break;
    else value += char;
  }
  return value.trim();
}
