/** Section `software.npm`: npm's packages of the whole machine (`npm -g`). */
import { required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, vendor, purl } = packageFields("semver");

export const definition = defineSection({
  name: "software.npm",
  title: "Packages of npm",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: ["/usr/lib/node_modules", "/usr/local/lib/node_modules"],
  },
  fields: {
    packages: packageList(["name", "version"], {
      name,
      version: required(version),
      vendor,
      purl,
    }),
  },
});
