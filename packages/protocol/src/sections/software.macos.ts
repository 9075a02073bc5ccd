/** Section `software.macos`: applications of a Mac. */
import { required, text } from "../fields.ts";
import { packageFields, packageList } from "../package-fields.ts";
import { defineSection } from "../section.ts";

const { name, version, vendor, repository, installedAt } = packageFields("natural");

export const definition = defineSection({
  name: "software.macos",
  title: "macOS applications",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: { darwin: ["/Applications", "/System/Applications", "/System/Library/CoreServices"] },
  fields: {
    packages: packageList(["name", "identifier"], {
      name,
      identifier: required(
        text(256, { is: "Identifier of the application's bundle.", sensitivity: "plain" }),
      ),
      version,
      build: text(256, { is: "Build of the application.", sensitivity: "plain" }),
      vendor,
      repository,
      installedAt,
    }),
  },
});
