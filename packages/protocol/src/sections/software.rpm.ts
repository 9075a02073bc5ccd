/** Section `software.rpm`: packages that `rpm -qa` lists, the keys of their signers left out. */
import { required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, source, vendor, installedAt, installedSize, purl } =
  packageFields("rpm");

export const definition = defineSection({
  name: "software.rpm",
  title: "RPM packages",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: [
      "/usr/lib/sysimage/rpm",
      "/var/lib/rpm",
      "/etc/os-release",
      "/usr/lib/os-release",
      "/usr/bin/rpm",
    ],
  },
  fields: {
    // Kernels are there in several versions at once.
    packages: packageList(["name", "version", "architecture"], {
      name,
      version: required(version),
      architecture: required(architecture),
      source,
      vendor,
      installedAt,
      installedSize,
      purl,
    }),
  },
});
