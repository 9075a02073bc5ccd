/** Section `personal-software.editor-extensions`: what people added to their editors. */
import { list, required, text } from "../fields.ts";
import { inHomes } from "../home-sources.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "personal-software.editor-extensions",
  title: "Editor extensions",
  schema: 1,
  category: "personal-software",
  purposes: ["inventory", "security"],
  sources: {
    linux: inHomes(
      ".vscode/extensions",
      ".vscode-insiders/extensions",
      ".vscode-oss/extensions",
      ".vscode-server/extensions",
      ".vscodium-server/extensions",
      ".cursor/extensions",
      ".cursor-server/extensions",
      ".windsurf/extensions",
      ".var/app/com.visualstudio.code/data/vscode/extensions",
      ".var/app/com.vscodium.codium/data/codium/extensions",
      ".local/share/JetBrains",
      ".local/share/Google",
    ),
  },
  fields: {
    extensions: list(
      {
        is: "Extensions of all people on the machine; not whose they are.",
        sensitivity: "plain",
        max: 10_000,
        key: ["editor", "folder"],
      },
      {
        editor: required(
          text(64, { is: "The editor that it was added to, such as vscode.", sensitivity: "plain" }),
        ),
        folder: required(text(256, { is: "Name of the folder that it lies in.", sensitivity: "plain" })),
        id: text(256, {
          is: "Its maker's name for it; the folder's where no file tells it.",
          sensitivity: "plain",
          search: { field: "software", as: "title", words: true },
        }),
        version: text(64, {
          is: "Version of the extension.",
          sensitivity: "plain",
          search: { field: "software", as: "version", order: "semver" },
        }),
      },
    ),
  },
});
