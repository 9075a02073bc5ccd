/** Section `software.opkg`: packages of opkg, as OpenWrt and Yocto have them. */
import { required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, source, vendor, installedAt, installedSize, automatic } =
  packageFields("dpkg");

export const definition = defineSection({
  name: "software.opkg",
  title: "Opkg packages",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: ["/usr/lib/opkg/status", "/var/lib/opkg/status"],
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
    }),
  },
});
