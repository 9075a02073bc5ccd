/** Section `software.deb`: packages that dpkg calls installed. */
import { flag, list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "software.deb",
  title: "Debian packages",
  schema: 1,
  category: "software",
  purposes: ["inventory", "security"],
  sources: {
    linux: [
      "/var/lib/dpkg/status",
      "/var/lib/dpkg/updates",
      "/var/lib/dpkg/status.d",
      "/var/lib/apt/extended_states",
      "/etc/os-release",
      "/usr/lib/os-release",
    ],
  },
  fields: {
    packages: list(
      { is: "Installed packages.", sensitivity: "plain", max: 100_000, key: ["name", "architecture"] },
      {
        name: required(
          text(256, {
            is: "Name of the package.",
            sensitivity: "plain",
            search: { field: "software", as: "title", words: true },
          }),
        ),
        version: text(256, {
          is: "Version of the package.",
          sensitivity: "plain",
          search: { field: "software", as: "version", order: "dpkg" },
        }),
        architecture: required(
          text(32, {
            is: "Architecture of the package; unknown where dpkg has none.",
            sensitivity: "plain",
          }),
        ),
        source: text(256, {
          is: "Source package it was built from; often of the same name.",
          sensitivity: "plain",
        }),
        vendor: text(512, { is: "Who maintains the package.", sensitivity: "plain" }),
        installedSize: quantity({
          is: "Space it takes as its maker says.",
          sensitivity: "plain",
          unit: "bytes",
          max: 2 ** 50,
        }),
        automatic: flag({
          is: "Installed because another package needs it, not asked for.",
          sensitivity: "plain",
          own: true,
        }),
        purl: text(1_024, { is: "Package URL.", sensitivity: "plain" }),
      },
    ),
  },
});
