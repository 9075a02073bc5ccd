/** Section `software.apk`: packages of Alpine's apk. */
import { required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, source, vendor, repository, installedSize, automatic, purl } =
  packageFields("apk");

export const definition = defineSection({
  name: "software.apk",
  title: "Alpine packages",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: [
      "/lib/apk/db/installed",
      "/usr/lib/apk/db/installed",
      "/etc/apk/world",
      "/etc/os-release",
      "/usr/lib/os-release",
    ],
  },
  fields: {
    packages: packageList(["name", "architecture"], {
      name,
      version,
      architecture: required(architecture),
      source,
      vendor,
      repository,
      installedSize,
      automatic,
      purl,
    }),
  },
});
