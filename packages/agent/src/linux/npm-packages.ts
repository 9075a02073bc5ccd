/** Packages below a `node_modules`, by the package.json of each. */
import { type Look, present } from "../collecting/collector.ts";
import { readJson, textAt } from "./json.ts";
import { packageUrl } from "./package-url.ts";

const mostBytes = 256 * 1024;
/** In one folder; no npm has as many. */
const mostFolders = 5_000;

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly vendor?: string;
  readonly purl?: string;
}

/** Those that stand in the folder itself, not what they bring along; what `npm link` put there is somebody's work. */
export function npmPackagesIn(look: Look, folder: string): NpmPackage[] {
  const names = look.names(folder).filter((name) => !name.startsWith("."));
  const packages = names.flatMap((name) =>
    name.startsWith("@") ? look.names(`${folder}/${name}`).map((inner) => `${name}/${inner}`) : [name],
  );
  return packages.slice(0, mostFolders).flatMap((name) => {
    if (look.link(`${folder}/${name}`) !== undefined) return [];
    const found = npmPackageOf(readJson(look, `${folder}/${name}/package.json`, mostBytes));
    return found ?? [];
  });
}

/** Undefined where name or version is missing. */
function npmPackageOf(manifest: unknown): NpmPackage | undefined {
  const name = textAt(manifest, "name");
  const version = textAt(manifest, "version");
  if (name === undefined || version === undefined) return undefined;
  const author = textAt(manifest, "author") ?? textAt(manifest, "author", "name");
  return present({ name, version, vendor: author, purl: npmUrl(name, version) });
}

/** The scope is the namespace: `pkg:npm/%40angular/animation@12.3.1`. */
function npmUrl(name: string, version: string): string | undefined {
  const slash = name.indexOf("/");
  const namespace = slash === -1 ? undefined : name.slice(0, slash).toLowerCase();
  return packageUrl({ type: "npm", namespace, name: name.slice(slash + 1).toLowerCase(), version });
}
