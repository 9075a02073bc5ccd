/** Section `software.pacman`: packages of pacman. */
import { required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const {
  name,
  version,
  architecture,
  source,
  vendor,
  repository,
  installedAt,
  installedSize,
  automatic,
  purl,
} = packageFields("alpm");

export const definition = defineSection({
  name: "software.pacman",
  title: "Pacman packages",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: ["/var/lib/pacman/local", "/etc/os-release", "/usr/lib/os-release"],
  },
  fields: {
    packages: packageList(["name", "architecture"], {
      name,
      version,
      architecture: required(architecture),
      source,
      vendor,
      repository,
      installedAt,
      installedSize,
      automatic,
      purl,
    }),
  },
});
