/** Section `software.rpm`: packages that `rpm -qa` lists, the keys of their signers left out. */
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
} = packageFields("rpm");

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
      "/usr/lib/sysimage/libdnf5/packages.toml",
      "/usr/lib/sysimage/libdnf5/nevras.toml",
      "/var/lib/dnf/history.sqlite",
      "/var/lib/dnf/history.sqlite-wal",
      "/var/lib/zypp/AutoInstalled",
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
      repository,
      installedAt,
      installedSize,
      automatic,
      purl,
    }),
  },
});
