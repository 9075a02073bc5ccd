/** Section `software.deb`: packages that dpkg calls installed. */
import { required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, source, vendor, installedAt, installedSize, automatic, purl } =
  packageFields("dpkg");

export const definition = defineSection({
  name: "software.deb",
  title: "Debian packages",
  schema: 2,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: [
      "/var/lib/dpkg/status",
      "/var/lib/dpkg/updates",
      "/var/lib/dpkg/status.d",
      "/var/lib/dpkg/info",
      "/var/lib/apt/extended_states",
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
      installedAt,
      installedSize,
      automatic,
      purl,
    }),
  },
});
