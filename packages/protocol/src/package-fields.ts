/** What lists of software have in common, said once: a definition takes the fields that its source tells of. */
import {
  flag,
  instant,
  type ListField,
  list,
  quantity,
  type RequiredNames,
  required,
  type Shape,
  text,
  type VersionOrder,
} from "./fields.ts";

/** Packages of one source at most; more are cut. */
const mostPackages = 100_000;

/** The fields of one package. Versions of a title compare in `order`. */
export function packageFields(order: VersionOrder) {
  return {
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
      search: { field: "software", as: "version", order },
    }),
    architecture: text(32, {
      is: "Architecture of the package; unknown where its source has none.",
      sensitivity: "plain",
    }),
    source: text(256, {
      is: "Source package it was built from; often of the same name.",
      sensitivity: "plain",
    }),
    vendor: text(512, { is: "Who makes or maintains the package.", sensitivity: "plain" }),
    repository: text(512, { is: "Repository or channel that it came from.", sensitivity: "plain" }),
    installedAt: instant({ is: "When this version was installed.", sensitivity: "plain", own: true }),
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
  };
}

/** The list of what is installed; `key` names the fields that tell two of its packages apart. */
export function packageList<const S extends Shape>(
  key: readonly (RequiredNames<S> & string)[],
  shape: S,
): ListField<S> {
  return list({ is: "Installed packages.", sensitivity: "plain", max: mostPackages, key }, shape);
}
