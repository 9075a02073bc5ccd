/** Section `personal-software.flatpak`: flatpaks in people's homes. */
import { choice, required, text } from "../fields.ts";
import { inHomes } from "../home-sources.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, repository } = packageFields("natural");

export const definition = defineSection({
  name: "personal-software.flatpak",
  title: "Flatpaks of people",
  schema: 1,
  category: "personal-software",
  purposes: ["inventory", "security"],
  sources: { linux: inHomes(".local/share/flatpak/app", ".local/share/flatpak/runtime") },
  fields: {
    packages: packageList(["name", "architecture", "branch"], {
      name,
      version,
      architecture: required(architecture),
      branch: required(text(256, { is: "Line of its versions, such as stable.", sensitivity: "plain" })),
      kind: choice(["app", "runtime"], {
        is: "An application, or what applications run in.",
        sensitivity: "plain",
      }),
      repository,
    }),
  },
});
