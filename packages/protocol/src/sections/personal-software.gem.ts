/** Section `personal-software.gem`: Ruby's gems in people's homes. */
import { required } from "../fields.ts";
import { inHomes } from "../home-sources.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, purl } = packageFields("rubygems");

export const definition = defineSection({
  name: "personal-software.gem",
  title: "Ruby gems of people",
  schema: 1,
  category: "personal-software",
  purposes: ["inventory", "security"],
  sources: {
    linux: inHomes(".gem/ruby", ".local/share/gem/ruby", ".rbenv/versions", ".rvm/gems"),
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
