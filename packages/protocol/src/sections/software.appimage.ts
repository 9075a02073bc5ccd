/** Section `software.appimage`: AppImages in places of the whole machine. */
import { required, text } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, installedAt, installedSize } = packageFields("natural");

export const definition = defineSection({
  name: "software.appimage",
  title: "AppImages",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: [
      "/Applications",
      "/opt",
      "/usr/local/bin",
      "/usr/share/applications",
      "/usr/local/share/applications",
    ],
  },
  fields: {
    packages: packageList(["file"], {
      file: required(text(256, { is: "Name of the file.", sensitivity: "plain" })),
      name,
      version,
      architecture,
      installedAt,
      installedSize,
    }),
  },
});
