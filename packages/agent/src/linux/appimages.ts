/** AppImages in a folder: what their file names say (docs.appimage.org, naming), and menus that name them. */
import { type Look, present } from "../collecting/collector.ts";
import { credibleInstant } from "./installed-at.ts";

export interface AppImage {
  readonly file: string;
  readonly name: string;
  readonly version?: string;
  readonly architecture?: string;
  readonly installedAt?: string;
  /** Bytes. */
  readonly installedSize?: number;
}

const mostFiles = 1_000;

/** Those that stand in the folder itself; a link leads to somebody's own. */
export function appImagesIn(look: Look, folder: string): AppImage[] {
  const files = look.names(folder).filter((name) => /\.appimage$/i.test(name));
  return files.slice(0, mostFiles).flatMap((file) => {
    const path = `${folder}/${file}`;
    const standing = look.link(path) === undefined ? look.stat(path) : undefined;
    if (standing?.kind !== "file") return [];
    const { size, modified } = standing;
    const dated = present({ installedAt: credibleInstant(modified), installedSize: size });
    return [{ file, ...namedBy(file), ...dated }];
  });
}

const architectures = /[-_.](x86_64|amd64|x64|i[3-6]86|ia32|aarch64|arm64|armhf|armv7l)$/i;

/** `Inkscape-1.3.2-x86_64.AppImage`: a name, often a version, often an architecture. */
export function namedBy(file: string): Pick<AppImage, "name" | "version" | "architecture"> {
  const whole = file.replace(/\.appimage$/i, "");
  const architecture = architectures.exec(whole)?.[1];
  const plain = whole.replace(architectures, "");
  const [, name, version] = /^([^\d].*?)[-_ ]v?(\d+(?:\.\d+)+[\w.+~-]*)$/.exec(plain) ?? [];
  return present({ name: name ?? plain, version, architecture });
}

const mostEntries = 2_000;

/** Entries of menus that start an AppImage, by the file's name. */
export function menuEntries(look: Look, folders: readonly string[]): ReadonlyMap<string, MenuEntry> {
  const paths = folders.flatMap((folder) =>
    look
      .names(folder)
      .filter((name) => name.endsWith(".desktop"))
      .map((name) => `${folder}/${name}`),
  );
  const entries = paths.slice(0, mostEntries).flatMap((path) => {
    const entry = parseMenuEntry(look.text(path) ?? "");
    return entry?.file === undefined ? [] : [[entry.file, entry] as const];
  });
  return new Map(entries);
}

export interface MenuEntry {
  readonly file: string;
  readonly name?: string;
  readonly version?: string;
}

/** The first group of a desktop entry; undefined where it starts something else. */
export function parseMenuEntry(text: string): MenuEntry | undefined {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line.startsWith("[") && values.size > 0) break;
    const equals = line.indexOf("=");
    if (equals > 0) values.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
  }
  const [, file] = /\/([^/"]+\.appimage)(?=["\s]|$)/i.exec(values.get("Exec") ?? "") ?? [];
  if (file === undefined) return undefined;
  const value = (name: string) => values.get(name) || undefined;
  return present({ file, name: value("Name"), version: value("X-AppImage-Version") });
}
