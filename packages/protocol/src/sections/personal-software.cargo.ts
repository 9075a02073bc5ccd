/** Section `personal-software.cargo`: Rust programs that people installed with cargo. */
import { required } from "../fields.ts";
import { inHomes } from "../home-sources.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, purl } = packageFields("semver");

export const definition = defineSection({
  name: "personal-software.cargo",
  title: "Cargo packages of people",
  schema: 1,
  category: "personal-software",
  purposes: ["inventory", "security"],
  sources: {
    linux: inHomes(".cargo/.crates2.json", ".cargo/.crates.toml"),
  },
  fields: {
    packages: packageList(["name", "version"], {
      name,
      version: required(version),
      purl,
    }),
  },
});
