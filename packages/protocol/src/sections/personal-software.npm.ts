/** Section `personal-software.npm`: npm's global packages in people's homes. */
import { required } from "../fields.ts";
import { inHomes } from "../home-sources.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, purl } = packageFields("semver");

export const definition = defineSection({
  name: "personal-software.npm",
  title: "Packages of npm of people",
  schema: 1,
  category: "personal-software",
  purposes: ["inventory", "security"],
  sources: {
    linux: inHomes(
      ".nvm/versions/node",
      ".npm-global/lib/node_modules",
      ".npm-packages/lib/node_modules",
      ".local/lib/node_modules",
      ".local/share/fnm/node-versions",
      ".bun/install/global/node_modules",
      "n/lib/node_modules",
    ),
  },
  fields: {
    packages: packageList(["name", "version"], {
      name,
      version: required(version),
      purl,
    }),
  },
});
