/** Extensions of Visual Studio Code and its kin: extensions.json, or the folders beside it. */
import { present } from "../collecting/collector.ts";
import { listAt, textAt } from "./json.ts";

export interface EditorExtension {
  readonly folder: string;
  readonly id?: string;
  readonly version?: string;
}

/** Undefined where there is no list: then the folders tell. */
export function listedExtensions(list: unknown): EditorExtension[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return listAt(list).flatMap((entry) => {
    const id = textAt(entry, "identifier", "id")?.toLowerCase();
    const version = textAt(entry, "version");
    const folder =
      textAt(entry, "relativeLocation") ?? (id === undefined ? undefined : `${id}-${version ?? ""}`);
    return folder === undefined ? [] : [present({ folder, id, version })];
  });
}

/** `ms-python.python-2024.0.1-linux-x64`: publisher, name, version, and what it was built for. */
export function extensionOfFolder(folder: string): EditorExtension | undefined {
  const [, id, version] = /^([\w-]+\.[\w.-]+?)-(\d+\.\d+\.\d+(?:-\d+)?)(?:-[a-z][\w-]*)?$/.exec(folder) ?? [];
  return id === undefined || version === undefined ? undefined : { folder, id: id.toLowerCase(), version };
}

/** Folders of `.obsolete` are removed when the editor starts next. */
export const isObsolete = (obsolete: unknown, { folder }: EditorExtension): boolean =>
  typeof obsolete === "object" && obsolete !== null && Reflect.get(obsolete, folder) === true;

/** `PyCharm2024.1` is one product's settings of one version: those of the newest, by the product's name in lower case. */
export function newestProducts(folders: readonly string[]): ReadonlyMap<string, string> {
  const newest = new Map<string, { folder: string; version: number }>();
  for (const folder of folders) {
    const [, product, year, part] = /^([A-Z][A-Za-z-]{1,40})(20\d\d)\.(\d{1,2})$/.exec(folder) ?? [];
    if (product === undefined) continue;
    const version = Number(year) * 100 + Number(part);
    const name = product.toLowerCase();
    if (version > (newest.get(name)?.version ?? 0)) newest.set(name, { folder, version });
  }
  return new Map([...newest].map(([name, { folder }]) => [name, folder]));
}
