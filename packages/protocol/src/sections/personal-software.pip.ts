/** Section `personal-software.pip`: Python's packages in people's homes, pipx's and uv's among them. */
import { required } from "../fields.ts";
import { inHomes } from "../home-sources.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, purl } = packageFields("pep440");

export const definition = defineSection({
  name: "personal-software.pip",
  title: "Python packages of people",
  schema: 1,
  category: "personal-software",
  purposes: ["inventory", "security"],
  sources: {
    linux: inHomes(
      ".local/lib",
      ".local/share/pipx/venvs",
      ".local/pipx/venvs",
      ".local/share/uv/tools",
      ".pyenv/versions",
      "miniconda3/lib",
      "miniforge3/lib",
      "anaconda3/lib",
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
