/** Section `software.gem`: Ruby's gems of the whole machine. */
import { required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, purl } = packageFields("rubygems");

export const definition = defineSection({
  name: "software.gem",
  title: "Ruby gems",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: [
      "/var/lib/gems",
      "/usr/lib",
      "/usr/lib64/gems",
      "/usr/local/lib/ruby/gems",
      "/usr/share/gems",
      "/usr/share/ruby/gems",
      "/usr/share/rubygems-integration",
    ],
  },
  fields: {
    packages: packageList(["name", "version"], {
      name,
      version: required(version),
      architecture,
      purl,
    }),
  },
});
