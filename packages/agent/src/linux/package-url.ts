/** Package URLs (ECMA-427, github.com/package-url/purl-spec). */
import type { OsRelease } from "./os-release.ts";

/** The longest that a section of software takes; one that is cut would name something else. */
const longest = 1_024;

export interface PackageUrlParts {
  /** A type that the specification knows. */
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  /** Those that are undefined are left out. */
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}

/** `pkg:npm/%40scope/name@1.0.0`; undefined when it would have to be cut. */
export function packageUrl({
  type,
  namespace,
  name,
  version,
  qualifiers = {},
}: PackageUrlParts): string | undefined {
  const path = [...(namespace?.split("/") ?? []), name].map(encode).join("/");
  const at = version === undefined ? "" : `@${encode(version)}`;
  const query = Object.keys(qualifiers)
    .sort()
    .flatMap((key) => (qualifiers[key] === undefined ? [] : [`${key}=${encode(qualifiers[key])}`]))
    .join("&");
  const url = `pkg:${type}/${path}${at}${query === "" ? "" : `?${query}`}`;
  return url.length <= longest ? url : undefined;
}

interface SystemPackage {
  readonly name: string;
  readonly version?: string | undefined;
  readonly architecture?: string | undefined;
}

/**
 * `pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=bookworm`. The namespace, the system's id, is not
 * optional, nor is the version: undefined without. `distro` is the code name, or id and version as in `ubuntu-25.10`.
 */
export function debUrl(entry: SystemPackage, release: OsRelease): string | undefined {
  return systemUrl("deb", entry, { distro: release.codename ?? idAndVersion(release) }, release);
}

/** `pkg:apk/alpine/curl@7.83.0-r0?arch=x86&distro=alpine-3.16.0`. */
export function apkUrl(entry: SystemPackage, release: OsRelease): string | undefined {
  return systemUrl("apk", entry, { distro: idAndVersion(release) }, release);
}

/**
 * `pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25`. The version is without the epoch, which is a
 * qualifier.
 */
export function rpmUrl(
  entry: SystemPackage & { readonly epoch?: number | undefined },
  release: OsRelease,
): string | undefined {
  const epoch = entry.epoch === undefined ? undefined : String(entry.epoch);
  return systemUrl("rpm", entry, { distro: idAndVersion(release), epoch }, release);
}

function systemUrl(
  type: string,
  { name, version, architecture }: SystemPackage,
  qualifiers: Readonly<Record<string, string | undefined>>,
  { id }: OsRelease,
): string | undefined {
  if (id === undefined || version === undefined) return undefined;
  return packageUrl({
    type,
    namespace: id.toLowerCase(),
    name: name.toLowerCase(),
    version,
    qualifiers: { arch: architecture, ...qualifiers },
  });
}

const idAndVersion = ({ id, versionId }: OsRelease): string | undefined =>
  versionId === undefined ? undefined : `${id}-${versionId}`;

/** Everything but letters, digits, `.`, `-`, `_`, `~` and `:` is encoded; `encodeURIComponent` differs in six characters. */
function encode(text: string): string {
  if (/^[\w.~:-]*$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed())
    .replaceAll("%3A", ":")
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
