/** Section `software.cargo`: Rust programs that cargo installed for the whole machine. */
import { required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, repository, purl } = packageFields("semver");

export const definition = defineSection({
  name: "software.cargo",
  title: "Cargo packages",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: [
      "/usr/local/cargo/.crates2.json",
      "/usr/local/cargo/.crates.toml",
      "/usr/local/.crates2.json",
      "/usr/local/.crates.toml",
    ],
  },
  fields: {
    packages: packageList(["name", "version"], {
      name,
      version: required(version),
      repository,
      purl,
    }),
  },
});
