/**
 * The titles that most of the devices found have in some version, without looking at each that there is: no more devices
 * have a title than its versions are counted on, so that those with the highest sums come first.
 */
import type { FacetValue } from "../store/search-index.ts";
import type { FoundDevices } from "./found-devices.ts";
import { compareFacets } from "./ordering.ts";
import { TermCounts } from "./term-counts.ts";

/** The first `most` beyond `after`, of one field. */
export function mostFrequentNames(
  found: FoundDevices,
  field: number,
  { most, after }: { readonly most: number; readonly after: FacetValue | null },
): readonly FacetValue[] {
  const { part } = found.asked;
  let first: FacetValue[] = [];
  for (const { name, atMost } of namesBySum(found)) {
    const last = first[most - 1];
    if (last && atMost < last.devices) break;
    const terms = part.terms("names.id = ? and field = ?", name, field);
    const value = { value: terms[0]?.shown ?? "", devices: found.countWith(terms.map(({ id }) => id)) };
    if (value.devices === 0 || (after !== null && compareFacets(value, after) <= 0)) continue;
    first = [...first, value].sort(compareFacets).slice(0, most);
  }
  return first;
}

const most = 2 ** 21 - 1;

/** Every name that any of the devices has, the one with the highest sum of its terms first. */
function* namesBySum(found: FoundDevices): Generator<{ readonly name: number; readonly atMost: number }> {
  const counts = TermCounts.of(found);
  const names = found.asked.part.nameOfTerms();
  const sums = new Float64Array(names.length);
  for (const term of counts.terms()) {
    const name = names[term] ?? 0;
    sums[name] = (sums[name] ?? 0) + counts.of(term);
  }
  // One number each: the sum before the name, which has no more than 32 bits; no part has so many devices.
  const ranked = sums.map((sum, name) => (sum === 0 ? 0 : Math.min(sum, most) * 2 ** 32 + name)).sort();
  for (let at = ranked.length - 1; (ranked[at] ?? 0) > 0; at--) {
    const rank = ranked[at] ?? 0;
    yield { name: rank % 2 ** 32, atMost: Math.floor(rank / 2 ** 32) };
  }
}
