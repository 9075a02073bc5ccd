/** Package URLs (ECMA-427, github.com/package-url/purl-spec). */
import type { OsRelease } from "./os-release.ts";

/** The longest that section `software.deb` takes; one that is cut would name something else. */
const longest = 1_024;

/**
 * `pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=bookworm`. The namespace, the system's id, is not
 * optional, nor is the version: undefined without. `distro` is the code name, or id and version as in `ubuntu-25.10`.
 */
export function debUrl(
  { name, version, architecture }: { name: string; version?: string; architecture?: string },
  { id, codename, versionId }: OsRelease,
): string | undefined {
  if (id === undefined || version === undefined) return undefined;
  const distro = codename ?? (versionId === undefined ? undefined : `${id}-${versionId}`);
  const qualifiers = Object.entries({ arch: architecture, distro })
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${encode(value)}`]))
    .join("&");
  const url = `pkg:deb/${encode(id.toLowerCase())}/${encode(name.toLowerCase())}@${encode(version)}`;
  const whole = qualifiers === "" ? url : `${url}?${qualifiers}`;
  return whole.length <= longest ? whole : undefined;
}

/** Everything but letters, digits, `.`, `-`, `_`, `~` and `:` is encoded; `encodeURIComponent` differs in six characters. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll("%3A", ":")
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
