/** How versions compare, by the rule that their source has in its definition. */
import type { VersionOrder } from "../fields.ts";
import { sourceOf } from "../search-values.ts";
import type { SectionDefinition } from "../section.ts";
import { compareAlpm } from "./alpm.ts";
import { compareApk } from "./apk.ts";
import { compareDpkg } from "./dpkg.ts";
import { compareNatural } from "./natural.ts";
import { comparePep440 } from "./pep440.ts";
import { compareRpm } from "./rpm.ts";
import { compareRubygems } from "./rubygems.ts";
import { compareSemver } from "./semver.ts";

/** Below zero: the first is the older. Takes any two texts. */
export type CompareVersions = (a: string, b: string) => number;

export const versionOrders: Readonly<Record<VersionOrder, CompareVersions>> = {
  dpkg: compareDpkg,
  rpm: compareRpm,
  apk: compareApk,
  alpm: compareAlpm,
  semver: compareSemver,
  pep440: comparePep440,
  rubygems: compareRubygems,
  natural: compareNatural,
};

/** The rule of each source of titles, such as `deb`. Throws when two sections of one source have different ones. */
export function versionRulesOf(
  definitions: readonly SectionDefinition[],
): ReadonlyMap<string, CompareVersions> {
  const orders = new Map<string, VersionOrder>();
  for (const definition of definitions) {
    for (const { field } of definition.flat) {
      const { search } = field.facts;
      if (search?.as !== "version" || !search.order) continue;
      const source = sourceOf(definition);
      if ((orders.get(source) ?? search.order) !== search.order)
        throw new Error(`${definition.name}: versions of ${source} compare differently elsewhere`);
      orders.set(source, search.order);
    }
  }
  return new Map([...orders].map(([source, order]) => [source, versionOrders[order]]));
}
