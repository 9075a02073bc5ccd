/** Section `software.pip`: Python's packages of the whole machine, and pipx's. */
import { required, text } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, vendor, automatic, purl } = packageFields("pep440");

export const definition = defineSection({
  name: "software.pip",
  title: "Python packages",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64", "/opt/pipx/venvs"],
  },
  fields: {
    packages: packageList(["name", "version"], {
      name,
      version: required(version),
      vendor,
      installer: text(64, {
        is: "Program that installed it, as it wrote itself; packages of the system are listed there too.",
        sensitivity: "plain",
      }),
      automatic,
      purl,
    }),
  },
});
