/**
 * Titles of all parts, by name, or by how many of the devices found have them. Counting all of them takes long where
 * there are many devices, so that the most frequent are chosen from a sample, unless the exact order is asked for; how
 * many have each is exact.
 */
import type { TitleCount, TitlePosition } from "../store/search-index.ts";
import {
  compareTitles,
  countOfTitle,
  titleFields,
  titleOf,
  titlesAmong,
  titlesCounted,
} from "./counted-titles.ts";
import type { FoundDevices } from "./found-devices.ts";
import { firstOf, mergeSorted } from "./ordering.ts";
import { fewDevices, TermCounts } from "./term-counts.ts";

/** The most frequent first; equal ones in the order of titles. */
const compareCounts = (a: TitleCount, b: TitleCount): number => b.devices - a.devices || compareTitles(a, b);

/** Up to so many devices what they have is read sooner than the first titles that there are. */
const veryFew = 50;

/** Beyond `after`, in their order, those that any device has. */
export function titlesInOrder(
  found: readonly FoundDevices[],
  words: readonly string[],
  after: TitlePosition | null,
): Generator<TitleCount> {
  return joined(
    found.map((each) =>
      titlesCounted(each, words, after, each.count <= veryFew ? TermCounts.of(each) : null),
    ),
  );
}

/** The same, all of them: everything is counted first. */
function everyTitle(found: readonly FoundDevices[], words: readonly string[]): Generator<TitleCount> {
  return joined(found.map((each) => titlesCounted(each, words, null, TermCounts.of(each))));
}

/** The first `most` by count beyond `after`. In one part no more of them are looked at than it takes. */
export function mostFrequentTitles(
  found: readonly FoundDevices[],
  words: readonly string[],
  { most, after }: { readonly most: number; readonly after: TitleCount | null },
): readonly TitleCount[] {
  const [only, ...others] = found.filter(({ count }) => count > 0);
  if (!only || others.length > 0 || titleFields(only.asked).length > 1)
    return firstOf(everyTitle(found, words), { most, compare: compareCounts, after });
  const counts = TermCounts.of(only);
  const first: TitleCount[] = [];
  for (const term of titlesAmong(only.asked, counts.byCount(after?.devices), words)) {
    const title = { ...titleOf(term), devices: counts.of(term.id) };
    if (title.devices < (first[most - 1]?.devices ?? 0)) break;
    only.deadline.check();
    if (after === null || compareCounts(title, after) > 0) first.push(title);
  }
  return first.sort(compareCounts).slice(0, most);
}

function* joined(parts: readonly Generator<TitleCount>[]): Generator<TitleCount> {
  for (const [title, ...others] of mergeSorted(parts, compareTitles))
    if (title) yield { ...title, devices: others.reduce((sum, { devices }) => sum + devices, title.devices) };
}

/** Whether there are too many devices to count all that they have. */
export const isSampled = (found: readonly FoundDevices[]): boolean =>
  found.some(({ count }) => count > fewDevices);

/** Candidates for each title of the answer. */
const candidatesEach = 3;

/** `most` of those that are most frequent in a sample, with how many really have them. */
export function sampledTitles(
  found: readonly FoundDevices[],
  words: readonly string[],
  most: number,
): readonly TitleCount[] {
  const candidates = new Map<string, TitlePosition>();
  const total = found.reduce((sum, { count }) => sum + count, 0);
  for (const each of found) {
    const counts = TermCounts.sampled(each, Math.ceil((fewDevices * each.count) / Math.max(total, 1)));
    let taken = 0;
    for (const term of titlesAmong(each.asked, counts.byCount(), words)) {
      each.deadline.check();
      const title = titleOf(term);
      candidates.set(JSON.stringify([title.name, title.version, title.source]), title);
      if (++taken >= most * candidatesEach) break;
    }
  }
  return [...candidates.values()]
    .map((title) => ({ ...title, devices: found.reduce((sum, each) => sum + countOfTitle(each, title), 0) }))
    .sort(compareCounts)
    .slice(0, most);
}
