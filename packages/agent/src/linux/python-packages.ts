/** Python's packages in a `site-packages`: the metadata beside each (packaging.python.org, "Recording installed projects"). */
import { type Look, present } from "../collecting/collector.ts";
import { parseParagraphs } from "./deb822.ts";
import { packageUrl } from "./package-url.ts";

/** Enough for the fields that are wanted: they stand at the beginning, the whole of a readme at the end. */
const beginning = 16 * 1024;
/** In one folder; no Python has as many. */
const mostPackages = 5_000;

export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  readonly vendor?: string;
  /** The program that installed it, as it wrote. */
  readonly installer?: string;
  /** Whether it came with another; undefined where nobody noted it. */
  readonly automatic?: boolean;
  readonly purl?: string;
}

/** Those of each version of Python below a `lib`. */
export function pythonPackagesBelow(look: Look, library: string): PythonPackage[] {
  return packageFolders(look, library).flatMap((folder) => pythonPackagesIn(look, folder));
}

/** Debian calls its own `dist-packages`; /lib64 is a link to /lib in most environments, and not looked at. */
function packageFolders(look: Look, library: string): string[] {
  return look
    .names(library)
    .filter((name) => /^python\d(?:\.\d{1,2})?$/.test(name))
    .flatMap((name) => ["site-packages", "dist-packages"].map((kind) => `${library}/${name}/${kind}`));
}

function pythonPackagesIn(look: Look, folder: string): PythonPackage[] {
  const names = look.names(folder).filter((name) => /\.(?:dist-info|egg-info|egg)$/.test(name));
  return names.slice(0, mostPackages).flatMap((name) => packageAt(look, folder, name) ?? []);
}

function packageAt(look: Look, folder: string, name: string): PythonPackage | undefined {
  const at = `${folder}/${name}`;
  const files = name.endsWith(".dist-info") ? new Set(look.names(at)) : new Set<string>();
  const described = parsePythonMetadata(metadataOf(look, at, name));
  const project = { ...projectOf(name), ...described };
  if (project.name === undefined || project.version === undefined) return undefined;
  const installer = files.has("INSTALLER") ? look.text(`${at}/INSTALLER`)?.trim() || undefined : undefined;
  return present({
    name: project.name,
    version: project.version,
    vendor: project.vendor,
    installer,
    // pip and those that follow it mark what was asked for.
    automatic: installer === "pip" ? !files.has("REQUESTED") : undefined,
    purl: pypiUrl(project.name, project.version),
  });
}

/** Eggs keep it in a folder or, of the oldest kind, are the file themselves. */
function metadataOf(look: Look, at: string, name: string): string {
  const inside = name.endsWith(".dist-info")
    ? "METADATA"
    : name.endsWith(".egg")
      ? "EGG-INFO/PKG-INFO"
      : "PKG-INFO";
  const isFile = name.endsWith(".egg-info") && look.stat(at)?.kind === "file";
  const path = isFile ? at : `${at}/${inside}`;
  return look.parts(path, (file) => file.read(0, beginning).toString("utf8")) ?? "";
}

interface Project {
  readonly name?: string;
  readonly version?: string;
  readonly vendor?: string;
}

const wanted: ReadonlySet<string> = new Set(["name", "version", "author", "author-email", "maintainer"]);

/** The headers of METADATA or PKG-INFO. */
export function parsePythonMetadata(text: string): Project {
  const [headers] = parseParagraphs(text, "name", wanted);
  const value = (name: string) => {
    const found = headers?.get(name);
    return found === undefined || found === "" || found === "UNKNOWN" ? undefined : found;
  };
  const vendor = value("author") ?? value("maintainer") ?? value("author-email");
  return present({ name: value("name"), version: value("version"), vendor });
}

/** `PyYAML-6.0.dist-info`, `foo-1.0-py3.11.egg-info`: where the metadata says nothing. */
export function projectOf(folder: string): Project {
  const [, name, version] =
    /^([\w.+]+)-(\d[^-]*)(?:-py\d[\d.]*)?(?:-[\w-]+)?\.(?:dist-info|egg-info|egg)$/.exec(folder) ?? [];
  return present({ name, version });
}

/** Names are compared in lower case with dashes. */
function pypiUrl(name: string, version: string): string | undefined {
  return packageUrl({ type: "pypi", name: name.toLowerCase().replaceAll("_", "-"), version });
}
