/** Section `software.flatpak`: flatpaks of the whole machine. */
import { choice, required, text } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, repository, installedAt, installedSize } = packageFields("natural");

export const definition = defineSection({
  name: "software.flatpak",
  title: "Flatpaks",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: { linux: ["/var/lib/flatpak/app", "/var/lib/flatpak/runtime"] },
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
      installedAt,
      installedSize,
    }),
  },
});
