/** Collector of section `personal-software.editor-extensions`: Visual Studio Code and its kin, JetBrains' editors. */
import { defineHomeCollector, type Look } from "../collecting/collector.ts";
import { onceEach } from "../collecting/together.ts";
import { readJson } from "../linux/json.ts";
import {
  type EditorExtension,
  extensionOfFolder,
  isObsolete,
  listedExtensions,
  newestProducts,
} from "../linux/vscode-extensions.ts";

const codeFolders = [
  ["vscode", "~/.vscode/extensions"],
  ["vscode", "~/.vscode-insiders/extensions"],
  ["vscodium", "~/.vscode-oss/extensions"],
  ["vscode", "~/.vscode-server/extensions"],
  ["vscodium", "~/.vscodium-server/extensions"],
  ["cursor", "~/.cursor/extensions"],
  ["cursor", "~/.cursor-server/extensions"],
  ["windsurf", "~/.windsurf/extensions"],
  ["vscode", "~/.var/app/com.visualstudio.code/data/vscode/extensions"],
  ["vscodium", "~/.var/app/com.vscodium.codium/data/codium/extensions"],
] as const;

/** A folder for each product and version, with one for each plugin. */
const pluginFolders = ["~/.local/share/JetBrains", "~/.local/share/Google"] as const;

const MiB = 2 ** 20;
const most = 2_000;

export const collector = defineHomeCollector({
  section: "personal-software.editor-extensions",
  platforms: {
    linux: {
      homes: [...codeFolders.map(([, folder]) => folder), ...pluginFolders],
      collect(home) {
        const found = [
          ...codeFolders.flatMap(([editor, folder]) =>
            ofCode(home, folder).map((extension) => ({ editor, ...extension })),
          ),
          ...pluginFolders.flatMap((folder) => plugins(home, folder)),
        ];
        if (found.length === 0) return { nothing: "none" };
        return { document: { extensions: onceEach(found) } };
      },
    },
  },
});

function ofCode(home: Look, folder: string): EditorExtension[] {
  const names = home.names(folder);
  if (names.length === 0) return [];
  const listed = listedExtensions(readJson(home, `${folder}/extensions.json`, 8 * MiB));
  const found = listed ?? names.flatMap((name) => extensionOfFolder(name) ?? []);
  const obsolete = names.includes(".obsolete") ? readJson(home, `${folder}/.obsolete`) : undefined;
  return found.filter((extension) => !isObsolete(obsolete, extension)).slice(0, most);
}

function plugins(home: Look, folder: string) {
  return [...newestProducts(home.names(folder))].flatMap(([editor, product]) =>
    home
      .names(`${folder}/${product}`)
      .filter((name) => home.stat(`${folder}/${product}/${name}`)?.kind === "folder")
      .slice(0, most)
      .map((name) => ({ editor, folder: name, id: name })),
  );
}
