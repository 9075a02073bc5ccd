/** Section `software.brew`: Homebrew's formulae and casks. */
import { choice, required } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, architecture, repository, installedAt, automatic } = packageFields("natural");

export const definition = defineSection({
  name: "software.brew",
  title: "Homebrew packages",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: ["/home/linuxbrew/.linuxbrew/Cellar"],
    darwin: ["/opt/homebrew/Cellar", "/opt/homebrew/Caskroom", "/usr/local/Cellar", "/usr/local/Caskroom"],
  },
  fields: {
    packages: packageList(["name", "version", "kind"], {
      name,
      version: required(version),
      kind: required(
        choice(["formula", "cask"], {
          is: "A program built by Homebrew, or an application as its maker ships it.",
          sensitivity: "plain",
        }),
      ),
      architecture,
      repository,
      installedAt,
      automatic,
    }),
  },
});
