/** Section `personal-software.appimage`: AppImages in people's homes. */
import { required, text } from "../fields.ts";
import { inHomes } from "../home-sources.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture } = packageFields("natural");

export const definition = defineSection({
  name: "personal-software.appimage",
  title: "AppImages of people",
  schema: 1,
  category: "personal-software",
  purposes: ["inventory", "security"],
  sources: {
    linux: inHomes("Applications", "AppImages", ".local/bin", "bin", ".local/share/applications"),
  },
  fields: {
    packages: packageList(["file"], {
      file: required(text(256, { is: "Name of the file.", sensitivity: "plain" })),
      name,
      version,
      architecture,
    }),
  },
});
